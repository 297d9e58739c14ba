import { showMicroStx } from '../../amounts.ts';
import { formatInteger } from '../../view/format.ts';
import { type BacktestRun, type FillName, showCapture } from '../backtest-report.ts';
import { assumptions } from './assumptions.ts';
import { attributionOf, baselinesOf } from './attribution.ts';
import { makerTable, nameOf, orNone, outcomesOf, profitTable, tableOf, usualTable } from './figures.ts';
import { type Html, html } from './html.ts';
import type { ReportInput } from './report-input.ts';
import { runCharts } from './run-charts.ts';
import { STYLE } from './style.ts';

/** The report as one page that needs nothing but itself: no script, no request. */
export function reportPage(input: ReportInput): string {
  const { runs, warnings } = input;
  const title = `Backtest: ${[...new Set(runs.map(({ strategy }) => strategy))].join(', ')}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${title}</title><style>${STYLE_HTML}</style></head>
<body><main>
<header><h1>${title}</h1>${runs.length === 1 && runs[0] !== undefined ? leadOf(runs[0]) : null}
<p class="soft">The verdict rests on the most pessimistic fill model that was run. <a href="#assumptions">What this assumes</a></p>
${warnings.map((line) => html`<p class="warning">${line}</p>`)}</header>
${runs.length > 1 ? sideBySide(runs) : null}
${runs.map((run, index) => runSection(run, index, input))}
${assumptions(input)}
</main></body></html>
`;
  return page.text;
}

const STYLE_HTML: Html = html([STYLE] as unknown as TemplateStringsArray);

function leadOf(run: BacktestRun): Html {
  const [verdict] = outcomesOf(run);
  if (verdict === undefined) return html``;
  const { model, account, score } = verdict;
  const of = score.capture === null ? '' : `, ${showCapture(score.capture)} of what perfect foresight could have made`;
  const { net } = account.profit;
  const made = net < 0n ? `lost ${showMicroStx(-net)} against` : `made ${showMicroStx(net)} more than`;
  return html`<p class="lead">${nameOf(run)} ${made} an idle account by the ${model} model${of}.</p>`;
}

/** Without the unit, which the caption has: eight columns are to fit a page. */
const showStx = (microStx: bigint): string => showMicroStx(microStx).replace(' STX', '');

function sideBySide(runs: readonly BacktestRun[]): Html {
  const rows = runs.map((run, index) => {
    const outcomes = outcomesOf(run);
    const [verdict] = outcomes;
    const net = (model: FillName): string =>
      orNone(outcomes.find((outcome) => outcome.model === model)?.account.profit.net, showStx);
    return [
      html`<a href="#run-${index + 1}">${nameOf(run)}</a><br><span class="soft">${run.recording}</span>`,
      net('pessimistic'),
      net('expected'),
      net('optimistic'),
      showCapture(verdict?.score.capture ?? null),
      orNone(verdict?.score.regret, showStx),
      orNone(verdict?.account.drawdown.amount, showStx),
      orNone(verdict?.account.savingPercent, (value) => `${value} %`),
    ];
  });
  const head = ['', 'pessimistic', 'expected', 'optimistic', 'capture', 'regret', 'drawdown', 'saving'];
  return html`<section aria-label="Runs side by side"><h2>Side by side</h2>${tableOf('Profit by fill model, in STX; capture to saving by the verdict’s', head, rows, { verdict: true })}</section>`;
}

function runSection(run: BacktestRun, index: number, { traces }: ReportInput): Html {
  const id = `run-${index + 1}`;
  const outcomes = outcomesOf(run);
  const [verdict] = outcomes;
  if (verdict === undefined) return html``;
  const { account, score, model } = verdict;
  const { profit, drawdown, maker } = account;
  const { bound } = run.foresight;
  const traced = outcomes.flatMap((outcome) => {
    const columns = traces.get(run.results)?.[outcome.model];
    return columns === undefined ? [] : [{ model: outcome.model, columns }];
  });
  const figure = (name: string, value: string, note: string): Html =>
    html`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
  return html`<section id="${id}"><h2>${nameOf(run)}</h2><p class="soft">on ${run.recording}</p>
<dl class="key-figures">
${figure('Net profit', showMicroStx(profit.net), `${model}, over an idle account`)}
${figure('Capture', showCapture(score.capture), `of ${showMicroStx(bound.microStx)} at best`)}
${figure('Regret', showMicroStx(score.regret), `bound by ${bound.method}`)}
${figure(
  'Saving',
  orNone(account.savingPercent, (value) => `${value} %`),
  'over grid only',
)}
${figure('Drawdown', showMicroStx(drawdown.amount), `blocks ${formatInteger(drawdown.from)} – ${formatInteger(drawdown.to)}`)}
${figure('Fills', formatInteger(maker.bought.fills + maker.sold.fills), `${formatInteger(maker.bought.fills)} bought, ${formatInteger(maker.sold.fills)} sold`)}
</dl>
${profitTable(outcomes)}
${runCharts(id, traced)}
<h3>Where the profit comes from</h3><p class="soft">By the ${model} model.</p>
${attributionOf(profit)}
${baselinesOf({ profit: profit.net, gridOnlyCost: account.gridOnlyCost, bound: bound.microStx, asRecorded: run.asRecorded })}
<h3>How it traded</h3>
${makerTable(outcomes)}
${usualTable(outcomes)}
</section>`;
}
