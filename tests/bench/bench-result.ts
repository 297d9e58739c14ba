/** What one benchmark measured, ready to be printed as a table. */
export interface BenchResult {
  readonly name: string;
  /** One row a line of the table; all have the same keys, which name their units. */
  readonly rows: readonly Record<string, string | number>[];
  /** What the figures do not show. */
  readonly limits?: readonly string[];
}

/** Measures; tells on the way what takes long. */
export type Bench = (progress: (line: string) => void) => Promise<BenchResult | readonly BenchResult[]>;
