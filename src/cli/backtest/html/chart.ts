import { type Content, type Html, html } from './html.ts';
import type { Band } from './trace.ts';

/** A line, or a band where a column holds more than one value. */
export interface Series {
  /** For the key, which leaves out what has none. */
  readonly name: string;
  /** The class that colours it. */
  readonly look: string;
  /** By column; null where there is no value. */
  readonly values: readonly (Band | null)[];
  /** @default line */
  readonly shape?: 'line' | 'steps' | 'area' | 'points' | 'dots' | 'squares';
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What the chart shows, for whoever cannot see it. */
  readonly summary: string;
  readonly unit: string;
  readonly show: (value: number) => string;
  /** The first is drawn above the others. */
  readonly series: readonly Series[];
  /** Heights of the first and the last block. */
  readonly from: number;
  readonly to: number;
  /** Whether 0 is always within sight. */
  readonly zero: boolean;
  readonly tall?: boolean;
  /** The same in figures. */
  readonly table: Content;
}

/** The plot's own coordinates; it is stretched to whatever the page has room for, its strokes and text are not. */
const WIDTH = 1_000;
const HEIGHT = 100;
/** Room above and below what is drawn, as a share of its range. */
const MARGIN = 0.06;

/** Round values within `low` to `high`, three to seven of them. */
export function ticks(low: number, high: number): readonly number[] {
  const rough = Math.max(high - low, 1e-9) / 3.5;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].findLast((factor) => factor * magnitude <= rough) ?? 1) * magnitude;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}

const at = (value: number): string => String(Math.round(value * 100) / 100);

/** A chart as plain SVG with its title, key, axes and the table behind it. */
export function chartOf(chart: Chart): Html {
  const values = chart.series.flatMap(({ values: all }) =>
    all.flatMap((band) => (band === null ? [] : [band.low, band.high])),
  );
  const bounds = chart.zero ? [0, ...values] : values;
  const least = bounds.reduce((one, other) => Math.min(one, other), bounds[0] ?? 0);
  const most = bounds.reduce((one, other) => Math.max(one, other), bounds[0] ?? 0);
  const margin = (most - least || 1) * MARGIN;
  const low = chart.zero && least === 0 ? 0 : least - margin;
  const high = chart.zero && most === 0 ? 0 : most + margin;
  const marks = ticks(low, high);
  const y = (value: number): number => HEIGHT - ((value - low) / Math.max(high - low, 1e-9)) * HEIGHT;
  const percent = (value: number): string => at((y(value) / HEIGHT) * 100);
  return html`<figure class="chart" id="${chart.id}">
<figcaption><b>${chart.title}</b> <span class="unit">${chart.unit}</span>${chart.series.length > 1 ? keyOf(chart.series) : null}</figcaption>
<div class="plot${chart.tall ? ' tall' : ''}">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="${chart.id}-title ${chart.id}-text">
<title id="${chart.id}-title">${chart.title}</title><desc id="${chart.id}-text">${chart.summary}</desc>
${marks.map((mark) => html`<path class="rule${mark === 0 ? ' zero' : ''}" d="M0 ${at(y(mark))}H${WIDTH}"/>`)}
${[...chart.series].reverse().map((series) => drawn(series, y))}
</svg>
${marks.map((mark) => html`<span class="tick" style="top:${percent(mark)}%" aria-hidden="true">${chart.show(mark)}</span>`)}
</div>
<div class="blocks" aria-hidden="true"><span>block ${chart.from.toLocaleString('en-US')}</span><span>${chart.to.toLocaleString('en-US')}</span></div>
<details><summary>Figures</summary>${chart.table}</details>
</figure>`;
}

const keyOf = (series: readonly Series[]): Html =>
  html`<span class="key">${series.filter(({ name }) => name !== '').map(({ name, look, shape = 'line' }) => html`<span><i class="${look} ${shape}"></i>${name}</span>`)}</span>`;

function drawn({ values, look, shape = 'line' }: Series, y: (value: number) => number): Html {
  const x = (index: number): number => (values.length === 1 ? WIDTH / 2 : (index / (values.length - 1)) * WIDTH);
  const points = values.flatMap((band, index) => (band === null ? [] : [{ band, x: x(index) }]));
  if (shape === 'points' || shape === 'dots' || shape === 'squares') {
    // A stroke of no length has the size of its cap, however the plot is stretched.
    const path = points.map(({ band, x: left }) =>
      [...new Set([band.low, band.high])].map((value) => `M${at(left)} ${at(y(value))}h0`).join(''),
    );
    return html`<path class="${look} ${shape}" d="${path.join('')}"/>`;
  }
  const join = (ys: readonly number[]): string =>
    points
      .map(({ x: left }, index) => {
        const to = at(y(ys[index] as number));
        return index === 0 ? `M${at(left)} ${to}` : shape === 'steps' ? `H${at(left)}V${to}` : `L${at(left)} ${to}`;
      })
      .join('');
  const line = join(points.map(({ band }) => band.last));
  const spread = points.some(({ band }) => band.low < band.high);
  const upper = points.map(({ band, x: left }) => `${at(left)} ${at(y(band.high))}`);
  const lower = points.map(({ band, x: left }) => `${at(left)} ${at(y(band.low))}`).reverse();
  const edge =
    points.length === 0 ? '' : `L${at(points.at(-1)?.x ?? 0)} ${at(y(0))}L${at(points[0]?.x ?? 0)} ${at(y(0))}Z`;
  return html`${shape === 'area' ? html`<path class="${look} fill" d="${line}${edge}"/>` : null}${
    spread ? html`<path class="${look} band" d="M${[...upper, ...lower].join('L')}Z"/>` : null
  }<path class="${look} stroke" d="${line}"/>`;
}
