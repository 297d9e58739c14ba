import { showMicroStx } from '../../amounts.ts';
import { formatInteger } from '../../view/format.ts';
import { tableOf } from './figures.ts';
import { type Content, type Html, html } from './html.ts';
import type { ReportInput } from './report-input.ts';

const FILL_MODELS: readonly (readonly [string, string])[] = [
  [
    'pessimistic',
    'Ours come last in their block. An offer of ours is bought only in place of a recorded purchase at a strictly higher price, of at least as much, once it has stood as long as our latency, and only by a buyer who left nothing cheaper than what it bought.',
  ],
  [
    'expected',
    'Ours come at a random place in their block. After one block, who paid as much or more for at least as much chooses at random among ours, what it bought, and the cheaper ones that it left.',
  ],
  ['optimistic', 'Ours come first in their block. Anyone who paid at least as much per Wh and in total takes ours.'],
];

/** What the figures rest on. */
export function assumptions(input: Omit<ReportInput, 'traces'>): Html {
  const { markets, settings, notModelled, config, runs, strategies, limits } = input;
  const figures = (caption: string, of: object): Html =>
    tableOf(
      caption,
      [],
      Object.entries(of).map(([name, value]): Content[] => [name, html`<code>${shown(value)}</code>`]),
      { text: true },
    );
  const [seed, hash] = [String(input.seed), input.configHash];
  return html`<section id="assumptions"><h2>What this assumes</h2>
${tableOf(
  'To repeat it',
  [],
  [
    ['Version', `wattmaker ${input.version}`],
    ['Seed', seed],
    ['Config hash', html`<code>${hash}</code>`],
    ...Object.entries(config).map(([name, value]) => [name, html`<code>${shown(value)}</code>`]),
  ],
  { text: true },
)}
${markets.map((market, index) =>
  tableOf(
    `Recording ${market.folder}`,
    [],
    [
      ['Data hash', html`<code>${market.hash}</code>`],
      ['Events', formatInteger(market.events)],
      ['Blocks', `${formatInteger(market.market.firstHeight)} – ${formatInteger(market.market.lastHeight)}`],
      ['Begins', market.complete ? 'with the contract’s first event' : 'in the middle: what came before is inferred'],
      ['Bound', boundOf(runs, market.folder)],
      ...Object.entries(settings[index] ?? {}).map(([name, value]): Content[] => [
        name,
        html`<code>${shown(value)}</code>`,
      ]),
    ],
    { text: true },
  ),
)}
${strategies.map(({ reference, hash: code, defaults }) => figures(`Strategy ${reference}, and its parameters where a run sets no others`, { 'code hash': code, ...defaults }))}
${figures('Limits of risk that the account was held to, in µSTX and Wh', limits)}
<h3>Fill models</h3>${tableOf('Who comes first in a block, and who would have bought from us', [], FILL_MODELS, { text: true })}
<h3>Latency and fees</h3>
<p>What a turn at a tip sends executes latencyBlocks later. Fees are ratePerByte times the bytes of each transaction, between floor and cap in µSTX; a call that fails pays all the same.</p>
<h3>Not modelled</h3><ul>${notModelled.map((line) => html`<li>${line}</li>`)}</ul>
</section>`;
}

function boundOf(runs: ReportInput['runs'], folder: string): string {
  const bound = runs.find(({ recording }) => recording === folder)?.foresight.bound;
  if (bound === undefined) return 'n/a';
  return `${showMicroStx(bound.microStx)}, by ${bound.method}`;
}

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : (JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item)) ?? '');
