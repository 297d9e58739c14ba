import { CorruptionError, type Height } from '../../src/core/index.ts';
import type { DecidedTurn } from '../../src/trading/index.ts';

/** One turn of a backtest: what it decided, as text that is equal where the decisions are. */
export interface TracedTurn {
  readonly turn: number;
  readonly height: Height;
  readonly decided: string;
  /** Why the strategy was benched in this turn, after which it was not asked again; null where it was not. */
  readonly benched: string | null;
}

/** The turns of one backtest in their order. */
export type Trace = readonly TracedTurn[];

/** The first turn that two traces decide otherwise. */
export interface Move {
  readonly turn: number;
  readonly height: Height;
  readonly before: string;
  readonly after: string;
}

export const NOTHING_DECIDED = '[]';

export const traced = (turn: number, height: Height, { decisions, benched }: DecidedTurn): TracedTurn => ({
  turn,
  height,
  decided: JSON.stringify([...decisions.map(({ intent, verdict }) => ({ intent, verdict })), ...benched]),
  benched: benched[0]?.reason ?? null,
});

/**
 * The first turn up to a height that is decided otherwise; null where none is.
 *
 * @throws CorruptionError where the other trace lacks a turn or has one at another height.
 */
export function firstMove(base: Trace, other: Trace, through: Height): Move | null {
  for (const [index, { turn, height, decided }] of base.entries()) {
    if (height > through) return null;
    const again = other[index];
    if (again?.height !== height) {
      throw new CorruptionError(`expected turn ${turn} at height ${height} again, was at ${again?.height ?? 'none'}`);
    }
    if (again.decided !== decided) return { turn, height, before: decided, after: again.decided };
  }
  return null;
}
