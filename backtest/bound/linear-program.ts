/** A variable: what a unit of it adds to what is maximised, and between which finite bounds it lies. */
export interface Column {
  readonly gain: number;
  readonly lower: number;
  readonly upper: number;
  readonly integer: boolean;
}

/** `lower` ≤ Σ coefficient × variable ≤ `upper`; an equation where both are the same. */
export interface Row {
  readonly lower: number;
  readonly upper: number;
  readonly terms: readonly Term[];
}

/** A variable's number and its coefficient. */
export type Term = readonly [column: number, coefficient: number];

/** Maximise Σ gain × variable; put together variable by variable, row by row. */
export class LinearProgram {
  readonly columns: Column[] = [];
  readonly rows: Row[] = [];

  /** A new variable's number. @default from 0, not whole */
  column(column: Pick<Column, 'gain' | 'upper'> & Partial<Column>): number {
    return this.columns.push({ lower: 0, integer: false, ...column }) - 1;
  }

  row(row: Row): void {
    this.rows.push(row);
  }
}

/** What a solver found. */
export interface Solved {
  /** Whether `values` is the best there is, proven. */
  readonly optimal: boolean;
  readonly values: Float64Array;
  /** Multipliers of the rows; null where some variables are whole. */
  readonly multipliers: Float64Array | null;
  /** No better value exists but by the solver's tolerances. */
  readonly bound: number;
}

/**
 * Solves a program that has a solution; the same programs in the same order are answered the same way every time. Null where
 * its numbers lie too far apart for floating point, or where the solver breaks down.
 *
 * @param nodes of the search tree that are looked at at most.
 */
export type Solver = (program: LinearProgram, nodes: number) => Solved | null;

/**
 * What no solution exceeds, by weak duality: with any multiplier for each row, Σ multiplier × (its row's bound on that
 * side) + Σ over variables of the most that (gain − Σ multiplier × coefficient) × variable can be within its bounds. So a
 * solver's tolerances may make the bound looser, never wrong.
 */
export function dualBound({ columns, rows }: LinearProgram, multipliers: Float64Array): number {
  const reduced = Float64Array.from(columns, ({ gain }) => gain);
  let bound = 0;
  rows.forEach(({ lower, upper, terms }, number) => {
    const wanted = multipliers[number] ?? 0;
    const side = wanted > 0 ? upper : lower;
    // A multiplier whose side is unbounded proves nothing: the row is left out.
    if (wanted === 0 || !Number.isFinite(side)) return;
    bound += wanted * side;
    for (const [column, coefficient] of terms) reduced[column] = (reduced[column] as number) - wanted * coefficient;
  });
  columns.forEach(({ lower, upper }, number) => {
    const gain = reduced[number] as number;
    bound += gain * (gain > 0 ? upper : lower);
  });
  return bound;
}
