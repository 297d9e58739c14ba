import type { Solver } from '../../../backtest/bound/linear-program.ts';
import { type ForesightBound, perfectForesight } from '../../../backtest/bound/perfect-foresight.ts';
import type { BacktestResult } from '../../../backtest/driver/backtest-result.ts';
import type { FillModel } from '../../../backtest/venue/fill-model.ts';
import type { LoadedMarket } from './load-market.ts';
import { accountOf, type BacktestOptions, settingsOf } from './run-settings.ts';

type FillName = FillModel['name'];

/** The profits of a run against what perfect foresight bounds them by. */
export interface Foresight {
  readonly bound: ForesightBound;
  readonly scores: Readonly<Partial<Record<FillName, ForesightScore>>>;
}

export interface ForesightScore {
  /** Profit ÷ bound, to the nearest of four decimals; null where there was nothing to make. */
  readonly capture: number | null;
  /** Bound − profit, in µSTX. */
  readonly regret: bigint;
}

/** The bound of each recording for the account of the options, whatever its strategy; found once. */
export function createBounds(solve: Solver, options: BacktestOptions): (loaded: LoadedMarket) => ForesightBound {
  const account = accountOf(options, { strategy: '' });
  const known = new Map<LoadedMarket, ForesightBound>();
  return (loaded) => {
    const { market } = loaded;
    const bound =
      known.get(loaded) ?? perfectForesight({ market, account, settings: settingsOf(options, market) }, solve);
    known.set(loaded, bound);
    return bound;
  };
}

/** Scores each model's profit against the bound. */
export function foresightOf(
  bound: ForesightBound,
  results: Readonly<Partial<Record<FillName, BacktestResult>>>,
): Foresight {
  const scores: Partial<Record<FillName, ForesightScore>> = {};
  for (const name of Object.keys(results) as FillName[]) {
    const net = results[name]?.accounts[0]?.profit.net ?? 0n;
    const capture = bound.microStx > 0n ? Math.round((Number(net) / Number(bound.microStx)) * 10_000) / 10_000 : null;
    scores[name] = { capture, regret: bound.microStx - net };
  }
  return { bound, scores };
}
