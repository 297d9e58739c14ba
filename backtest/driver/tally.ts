import { gridErrorName } from '../../src/contract/index.ts';
import type { PlannedIntent } from '../../src/trading/index.ts';
import { EventKind } from '../data/event-columns.ts';
import type { OwnTransaction } from '../venue/own-transaction.ts';

type Counts = Readonly<Record<string, number>>;

/** What happened in a backtest, counted. */
export interface Counted {
  readonly transactions: number;
  /** Entries that the contract executed, by kind. */
  readonly executed: Counts;
  /** Entries that it refused, by its error's name; they paid their share of the fee all the same. */
  readonly failed: Counts;
  /** Intents that risk denied, by code. */
  readonly denied: Counts;
  /** Recorded purchases that went to offers of ours instead. */
  readonly diverted: number;
  /** Recorded calls of others that could no longer be made, by kind and error: how far trading here has led off the recording. */
  readonly displaced: Counts;
}

const kindNames = new Map<number, string>(Object.entries(EventKind).map(([name, kind]) => [kind, name]));

/** Counts as it goes. */
export class Tally {
  #transactions = 0;
  #diverted = 0;
  readonly #executed = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #denied = new Map<string, number>();
  readonly #displaced = new Map<string, number>();

  send(sent: readonly OwnTransaction[]): void {
    this.#transactions += sent.length;
  }

  answer(kind: PlannedIntent['intent']['kind'], error: string | null): void {
    if (error === null) count(this.#executed, kind);
    else count(this.#failed, error);
  }

  deny(code: string): void {
    count(this.#denied, code);
  }

  divert(): void {
    this.#diverted += 1;
  }

  displace(kind: number, code: number): void {
    count(this.#displaced, `${kindNames.get(kind)}: ${gridErrorName(code)}`);
  }

  counted(): Counted {
    return {
      transactions: this.#transactions,
      executed: sorted(this.#executed),
      failed: sorted(this.#failed),
      denied: sorted(this.#denied),
      diverted: this.#diverted,
      displaced: sorted(this.#displaced),
    };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

const sorted = (counts: ReadonlyMap<string, number>): Counts =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
