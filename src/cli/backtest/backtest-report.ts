import Table from 'cli-table3';
import type { AccountResult, BacktestResult } from '../../../backtest/driver/backtest-result.ts';
import type { FillModel } from '../../../backtest/venue/fill-model.ts';
import type { ParameterValue } from '../../trading/index.ts';
import { showMicroStx } from '../amounts.ts';
import { formatInteger } from '../view/format.ts';
import type { Foresight } from './foresight.ts';

export type FillName = FillModel['name'];

/** One strategy with one set of parameters on one recording, by every fill model. */
export interface BacktestRun {
  readonly recording: string;
  readonly strategy: string;
  /** Those that were set; the rest are defaults. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly results: Readonly<Partial<Record<FillName, BacktestResult>>>;
  readonly foresight: Foresight;
  /**
   * What the account that is traded in place of made itself by the recording, before network fees, reckoned as profit is, in µSTX; null
   * for a new account, and where slots or heights are set, which its own trading did not know.
   */
  readonly asRecorded: bigint | null;
}

/** What no figure here knows. */
export const NOT_MODELLED: readonly string[] = [
  'how others would answer to our offers and purchases: they do what they did, or fail',
  'demand that the recording does not show: nobody buys from us but in place of a recorded purchase',
  'competition of other bots for the same offers beyond what was recorded',
  'transactions that are dropped, replaced or reorganised away, and fees that rise under load',
];

/** More recorded calls than this share that could no longer be made: the recording does not tell what would have been. */
const DISPLACED_TOO_MANY = 0.05;

/** The model that a verdict rests on: the most pessimistic of those that were run. */
export const verdictOf = ({ results }: Pick<BacktestRun, 'results'>): readonly [FillName, BacktestResult] | null => {
  for (const name of ['pessimistic', 'expected', 'optimistic'] as const) {
    const result = results[name];
    if (result !== undefined) return [name, result];
  }
  return null;
};

export const accountOf = (result: BacktestResult | undefined): AccountResult | undefined => result?.accounts[0];

const money = (value: bigint | undefined): string => (value === undefined ? '' : showMicroStx(value));
const figure = (value: number | null | undefined, unit = ''): string =>
  value === null || value === undefined ? 'n/a' : `${value}${unit}`;

const style = { head: [], border: [], compact: true };

/** Side by side: what each run came to. */
export function backtestTables(runs: readonly BacktestRun[]): string {
  const several = new Set(runs.map(({ recording }) => recording)).size > 1;
  const nameOf = ({ recording, strategy, parameters }: BacktestRun): string =>
    [
      ...(several ? [recording] : []),
      strategy,
      ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
    ].join(' ');
  const profits = new Table({
    head: [
      'profit, STX',
      'pessimistic',
      'expected',
      'optimistic',
      'spread',
      'inventory',
      'fees',
      'grid',
      'drawdown',
      'saving',
    ],
    style,
  });
  const makers = new Table({
    head: [
      '',
      'bought',
      'sold',
      'spread µSTX/Wh',
      'mark-out +1',
      '+5',
      '+20',
      'fill ratio',
      'blocks to fill',
      'uptime',
      'failed',
    ],
    style,
  });
  for (const run of runs) {
    const account = accountOf(verdictOf(run)?.[1]);
    if (account === undefined) continue;
    const { profit, drawdown, savingPercent, maker } = account;
    const net = (name: FillName): string => money(accountOf(run.results[name])?.profit.net);
    profits.push([
      nameOf(run),
      net('pessimistic'),
      net('expected'),
      net('optimistic'),
      money(profit.spread),
      money(profit.inventory),
      money(profit.fees),
      money(profit.grid),
      money(drawdown.amount),
      figure(savingPercent, ' %'),
    ]);
    const failed = Object.values(verdictOf(run)?.[1].counted.failed ?? {}).reduce((sum, count) => sum + count, 0);
    makers.push([
      nameOf(run),
      formatInteger(maker.bought.fills),
      formatInteger(maker.sold.fills),
      figure(maker.spreadCaptured),
      ...['+1', '+5', '+20'].map((blocks) => figure(maker.markOuts[blocks])),
      figure(maker.fillRatio),
      figure(maker.timeToFill.mean),
      figure(maker.quoteUptime),
      formatInteger(failed),
    ]);
  }
  return [profits, makers, foresightTable(runs, nameOf)].map(String).join('\n');
}

/** How much of what could have been made was made. */
function foresightTable(runs: readonly BacktestRun[], nameOf: (run: BacktestRun) => string): Table.Table {
  const table = new Table({
    head: ['foresight, STX', 'bound', 'by', 'regret', 'capture: pessimistic', 'expected', 'optimistic'],
    style,
  });
  for (const run of runs) {
    const { bound, scores } = run.foresight;
    const verdict = verdictOf(run)?.[0];
    const captured = (name: FillName): string => (scores[name] === undefined ? '' : showCapture(scores[name].capture));
    table.push([
      nameOf(run),
      money(bound.microStx),
      bound.method,
      money(verdict === undefined ? undefined : scores[verdict]?.regret),
      captured('pessimistic'),
      captured('expected'),
      captured('optimistic'),
    ]);
  }
  return table;
}

/** A capture in per cent. */
export const showCapture = (capture: number | null): string =>
  capture === null ? 'n/a' : `${(100 * capture).toFixed(2)} %`;

/** What of a run may call for a warning. */
interface Warned extends Pick<BacktestRun, 'recording' | 'strategy'> {
  readonly results: Readonly<Partial<Record<FillName, Pick<BacktestResult, 'counted' | 'events' | 'benched'>>>>;
}

/** What a reader must know of the runs beside their figures, by every model: none of them may flatter unseen. */
export function warnings(runs: readonly Warned[]): readonly string[] {
  return runs.flatMap(({ recording, strategy: traded, results }) => {
    const models = new Map<string, string[]>();
    for (const [name, result] of Object.entries(results)) {
      for (const text of warningsOf(result)) models.set(text, [...(models.get(text) ?? []), name]);
    }
    return [...models].map(([text, names]) => `${traded} on ${recording} (${names.join(', ')}): ${text}`);
  });
}

function warningsOf({
  counted,
  events,
  benched,
}: Pick<BacktestResult, 'counted' | 'events' | 'benched'>): readonly string[] {
  const displaced = Object.values(counted.displaced).reduce((sum, count) => sum + count, 0);
  const share = events === 0 ? 0 : displaced / events;
  const percent = (100 * share).toFixed(1);
  return [
    ...(share > DISPLACED_TOO_MANY
      ? [`${percent} % of the recorded calls could no longer be made; it trades too much of this market to tell`]
      : []),
    ...benched.map(({ strategy, reason }) => `${strategy} was benched: ${reason}`),
  ];
}
