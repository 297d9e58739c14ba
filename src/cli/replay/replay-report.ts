import Table from 'cli-table3';
import { precisionOf, recallOf } from '../../../backtest/replay/compare-fills.ts';
import type { ComparedRun, RunComparison } from '../../../backtest/replay/compare-run.ts';
import type { ReplayedTurns } from '../../../backtest/replay/replay-turns.ts';
import { showMicroStx } from '../amounts.ts';

/** One recorded run, taken again. */
export interface ReplayedRun {
  readonly folder: string;
  /** Strategies whose code is not the one that traded. */
  readonly changed: readonly string[];
  readonly broken: string | null;
  readonly turns: ReplayedTurns;
  /** Null where nothing happened. */
  readonly compared: ComparedRun | null;
}

/** All runs together by one fill model. */
export interface FillsOfModel extends RunComparison {
  readonly precisionPercent: number | null;
  readonly recallPercent: number | null;
  /** Simulated less real. */
  readonly profitGap: bigint;
}

export function runLines({ folder, changed, broken, turns, compared }: ReplayedRun): string[] {
  const latency = compared?.latencyBlocks ?? null;
  const pace = latency === null ? '' : `; purchases took ${latency} blocks`;
  return [
    `${folder}: ${turns.turns} turns, ${turns.decisions} decisions, ${turns.differing} turns differ${pace}`,
    ...(broken === null ? [] : [`  its recording ended too early: ${broken}`]),
    ...changed.map((reference) => `  the code of ${reference} is not the one that traded`),
    ...turns.differences.flatMap(({ turn, height, what }) =>
      what.map((line) => `  turn ${turn} at height ${height}: ${line}`),
    ),
  ];
}

export function fillsOf(runs: readonly ReplayedRun[]): readonly FillsOfModel[] {
  const byModel = new Map<string, RunComparison>();
  for (const one of runs.flatMap(({ compared }) => compared?.models ?? [])) {
    const before = byModel.get(one.model);
    byModel.set(one.model, before === undefined ? one : added(before, one));
  }
  return [...byModel.values()].map((sum) => ({
    ...sum,
    precisionPercent: precisionOf(sum),
    recallPercent: recallOf(sum),
    profitGap: sum.profit.simulated - sum.profit.real,
  }));
}

const added = (a: RunComparison, b: RunComparison): RunComparison => ({
  model: a.model,
  real: a.real + b.real,
  simulated: a.simulated + b.simulated,
  matched: a.matched + b.matched,
  profit: { real: a.profit.real + b.profit.real, simulated: a.profit.simulated + b.profit.simulated },
});

export function fillLines(fills: readonly FillsOfModel[]): string[] {
  if (fills.length === 0) return ['nothing happened on the market, so there are no fills to compare'];
  const table = new Table({
    head: ['fills', 'real', 'simulated', 'matched', 'precision', 'recall', 'profit real, STX', 'simulated', 'gap'],
    style: { head: [], border: [], compact: true },
  });
  const share = (value: number | null): string => (value === null ? 'n/a' : `${value} %`);
  for (const { model, real, simulated, matched, precisionPercent, recallPercent, profit, profitGap } of fills) {
    table.push([
      model,
      real,
      simulated,
      matched,
      share(precisionPercent),
      share(recallPercent),
      showMicroStx(profit.real),
      showMicroStx(profit.simulated),
      showMicroStx(profitGap),
    ]);
  }
  return [table.toString(), 'profits are before network fees, over an account that trades with the grid alone'];
}
