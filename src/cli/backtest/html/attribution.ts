import type { Profit } from '../../../../backtest/driver/profit-account.ts';
import { showMicroStx } from '../../amounts.ts';
import { tableOf } from './figures.ts';
import { type Html, html } from './html.ts';

const PARTS = [
  ['spread', 'how far the prices of fills lay from the mark'],
  ['inventory', 'moves of the mark while energy was held'],
  ['fees', 'network fees, those of failed calls included'],
  ['grid', 'what the grid took or gave beyond the mark'],
] as const;

/** The four parts of a profit: as bars that start where the one before ends, and as a sum. */
export function attributionOf(profit: Profit): Html {
  let sum = 0n;
  const steps = [
    ...PARTS.map(([name]) => {
      const from = sum;
      sum += profit[name];
      return { name, from, to: sum };
    }),
    { name: 'net', from: 0n, to: profit.net },
  ].map(({ name, from, to }) => ({ name, from: Number(from), to: Number(to) }));
  const low = Math.min(0, ...steps.map(({ to }) => to));
  const high = Math.max(0, ...steps.map(({ to }) => to));
  const x = (value: number): number => Math.round(((value - low) / Math.max(high - low, 1)) * 10_000) / 100;
  const bars = steps.map(({ name, from, to }) => {
    const [left, right] = [x(Math.min(from, to)), x(Math.max(from, to))];
    return html`<div><span>${name}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none"><path d="M${x(0)} 0V10"/><rect class="${to < from ? 'down' : 'up'}" x="${left}" y="1.5" width="${Math.max(right - left, 0.15)}" height="7"/></svg></div>`;
  });
  return html`<div class="bars" role="img" aria-label="Bars of the parts of the profit; the table below has them in figures.">${bars}</div>
${partsTable(profit)}`;
}

function partsTable(profit: Profit): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Parts of the profit"><table class="parts">
<caption>Parts of the profit; they sum to it exactly</caption>
<tbody>${PARTS.map(([name, is]) => html`<tr><th scope="row">${name} <span class="soft">${is}</span></th><td data-part="${name}" data-micro-stx="${profit[name]}">${showMicroStx(profit[name])}</td></tr>\n`)}</tbody>
<tfoot><tr class="sum"><th scope="row">net profit</th><td data-part="net" data-micro-stx="${profit.net}">${showMicroStx(profit.net)}</td></tr></tfoot></table></div>`;
}

/** What the profit is measured against, by name. */
export function baselinesOf(costs: {
  readonly profit: bigint;
  readonly gridOnlyCost: bigint;
  readonly bound: bigint;
  readonly asRecorded: bigint | null;
}): Html {
  const { profit, gridOnlyCost, bound, asRecorded } = costs;
  const row = (name: string, made: bigint) => [
    name,
    showMicroStx(made),
    showMicroStx(gridOnlyCost - made),
    showMicroStx(profit - made),
  ];
  return tableOf(
    'Against named baselines',
    ['', 'profit', 'cost of energy', 'this run makes more by'],
    [
      row('grid only: the idle account', 0n),
      ...(asRecorded === null ? [] : [row('as recorded: its own trading, before network fees', asRecorded)]),
      row('this run', profit),
      row('perfect foresight', bound),
    ],
  );
}
