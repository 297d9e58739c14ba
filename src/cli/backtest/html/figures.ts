import type { AccountResult, BacktestResult } from '../../../../backtest/driver/backtest-result.ts';
import { showMicroStx, showWh } from '../../amounts.ts';
import { formatInteger } from '../../view/format.ts';
import { accountOf, type BacktestRun, type FillName, showCapture } from '../backtest-report.ts';
import type { ForesightScore } from '../foresight.ts';
import { type Content, type Html, html } from './html.ts';

/** One fill model's outcome of a run. */
export interface Outcome {
  readonly model: FillName;
  readonly result: BacktestResult;
  readonly account: AccountResult;
  readonly score: ForesightScore;
}

const MODELS: readonly FillName[] = ['pessimistic', 'expected', 'optimistic'];

/** What a run came to, the model first that the verdict rests on. */
export function outcomesOf({ results, foresight }: BacktestRun): readonly Outcome[] {
  return MODELS.flatMap((model) => {
    const [result, score] = [results[model], foresight.scores[model]];
    const account = accountOf(result);
    return result === undefined || score === undefined || account === undefined
      ? []
      : [{ model, result, account, score }];
  });
}

export const nameOf = ({ strategy, parameters }: Pick<BacktestRun, 'strategy' | 'parameters'>): string =>
  [strategy, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)].join(' ');

export const orNone = <Value>(value: Value | null | undefined, show: (value: Value) => string): string =>
  value === null || value === undefined ? 'n/a' : show(value);

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** A ratio of µSTX to µSTX per period, as STX. */
const stx = (microStx: number): string => showMicroStx(BigInt(Math.round(microStx)));
const number = (value: number): string => String(value);
const perWh = (value: number): string => `${value} µSTX/Wh`;
const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
const blocks = (value: number): string => `${Math.round(value * 100) / 100} blocks`;

type Line = readonly [name: string, of: (outcome: Outcome) => string];

const MAKER: readonly Line[] = [
  ['Bought', ({ account: { maker } }) => `${formatInteger(maker.bought.fills)}, ${showWh(maker.bought.wh)}`],
  ['Sold', ({ account: { maker } }) => `${formatInteger(maker.sold.fills)}, ${showWh(maker.sold.wh)}`],
  ['Spread captured', ({ account: { maker } }) => orNone(maker.spreadCaptured, perWh)],
  ...['+1', '+5', '+20'].map(
    (after): Line => [`Mark-out ${after}`, ({ account: { maker } }) => orNone(maker.markOuts[after], perWh)],
  ),
  ['Offers listed', ({ account: { maker } }) => `${formatInteger(maker.listed.offers)}, ${showWh(maker.listed.wh)}`],
  ['Fill ratio', ({ account: { maker } }) => orNone(maker.fillRatio, share)],
  ['Time to fill, mean', ({ account: { maker } }) => orNone(maker.timeToFill.mean, blocks)],
  ['Time to fill, median', ({ account: { maker } }) => orNone(maker.timeToFill.median, blocks)],
  ['Quote uptime', ({ account: { maker } }) => orNone(maker.quoteUptime, share)],
  ['Mean position', ({ account: { maker } }) => orNone(maker.meanPosition, (wh) => showWh(BigInt(Math.round(wh))))],
];

const USUAL: readonly Line[] = [
  ['Return', ({ account }) => orNone(account.returnPercent, (value) => `${value} %`)],
  ['Largest drawdown', ({ account: { drawdown } }) => showMicroStx(drawdown.amount)],
  [
    '· from block to block',
    ({ account: { drawdown } }) => `${formatInteger(drawdown.from)} – ${formatInteger(drawdown.to)}`,
  ],
  ['Periods: won, lost, all', ({ account: { periods } }) => `${periods.gains}, ${periods.losses}, ${periods.count}`],
  ['Profit factor', ({ account }) => orNone(account.periods.profitFactor, number)],
  ['Expectancy a period', ({ account }) => orNone(account.periods.expectancy, stx)],
  ['Sharpe', ({ account }) => orNone(account.periods.sharpe, number)],
  ['Sortino', ({ account }) => orNone(account.periods.sortino, number)],
  ['Transactions', ({ result }) => formatInteger(result.counted.transactions)],
  ['Entries refused', ({ result }) => formatInteger(sum(result.counted.failed))],
  ['Denied by risk', ({ result }) => formatInteger(sum(result.counted.denied))],
  ['Recorded calls displaced', ({ result }) => formatInteger(sum(result.counted.displaced))],
];

const PROFIT: readonly Line[] = [
  ['Net profit', ({ account }) => showMicroStx(account.profit.net)],
  ['Capture', ({ score }) => showCapture(score.capture)],
  ['Regret', ({ score }) => showMicroStx(score.regret)],
  ['Saving over grid only', ({ account }) => orNone(account.savingPercent, (value) => `${value} %`)],
];

/** A table with a line a figure and a column a fill model, that of the verdict marked. */
export function figuresTable(caption: string, outcomes: readonly Outcome[], lines: readonly Line[]): Html {
  return tableOf(
    caption,
    ['', ...outcomes.map(({ model }) => model)],
    lines.map(([name, of]) => [name, ...outcomes.map(of)]),
    {
      verdict: true,
    },
  );
}

export const profitTable = (outcomes: readonly Outcome[]): Html =>
  figuresTable('By fill model; the verdict rests on the first', outcomes, PROFIT);
export const makerTable = (outcomes: readonly Outcome[]): Html => figuresTable('Maker figures', outcomes, MAKER);
export const usualTable = (outcomes: readonly Outcome[]): Html => figuresTable('The usual figures', outcomes, USUAL);

/** Rows of cells, the first of each its name. */
export function tableOf(
  caption: string,
  head: readonly Content[],
  rows: readonly (readonly Content[])[],
  { verdict = false, text = false }: { readonly verdict?: boolean; readonly text?: boolean } = {},
): Html {
  const marked = (index: number): Html | null => (verdict && index === 1 ? html` class="verdict"` : null);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table${text ? html` class="text"` : null}>
<caption>${caption}</caption>${
    head.length === 0
      ? null
      : html`<thead><tr>${head.map((cell, index) =>
          index === 0 && cell === '' ? html`<td></td>` : html`<th scope="col"${marked(index)}>${cell}</th>`,
        )}</tr></thead>`
  }
<tbody>${rows.map(
    ([name = '', ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((cell, index) => html`<td${marked(index + 1)}>${cell}</td>`)}</tr>\n`,
  )}</tbody></table></div>`;
}
