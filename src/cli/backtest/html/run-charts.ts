import { showMicroStx, showWh } from '../../amounts.ts';
import { formatInteger } from '../../view/format.ts';
import type { FillName } from '../backtest-report.ts';
import { type Chart, chartOf } from './chart.ts';
import { tableOf } from './figures.ts';
import type { Html } from './html.ts';
import type { Band, Fills, TraceColumn } from './trace.ts';

/** Rows of a table behind a chart at most. */
const MOST_ROWS = 30;

export interface TracedModel {
  readonly model: FillName;
  readonly columns: readonly TraceColumn[];
}

const stx = (microStx: number): string => String(Math.round(microStx) / 1_000_000);
const wh = (amount: number): string => showWh(BigInt(Math.round(amount)));
const money = (microStx: number): string => showMicroStx(BigInt(Math.round(microStx)));
const LOOKS = ['a', 'b', 'c'] as const;

/** The charts of a run: equity by every model; drawdown, inventory and prices by the first. */
export function runCharts(id: string, models: readonly TracedModel[]): readonly Html[] {
  const [verdict] = models;
  const columns = verdict?.columns ?? [];
  const [first, last] = [columns[0], columns.at(-1)];
  if (verdict === undefined || first === undefined || last === undefined) return [];
  const span = { from: first.from, to: last.to };
  const by = `by the ${verdict.model} model`;
  const end = (of: (column: TraceColumn) => Band): number => of(last).last;
  const range = (of: (column: TraceColumn) => Band) => ({
    low: Math.min(...columns.map((column) => of(column).low)),
    high: Math.max(...columns.map((column) => of(column).high)),
  });
  const position = range(({ position }) => position);
  const charts: readonly Chart[] = [
    {
      ...span,
      id: `${id}-equity`,
      title: 'Equity',
      unit: 'profit in STX, what is held valued at the mark, the last settlement at its end',
      summary: models
        .map(({ model, columns: own }) => `${model}: ends at ${money(own.at(-1)?.profit.last ?? 0)}`)
        .join('; '),
      show: stx,
      zero: true,
      tall: true,
      series: models.map(({ model, columns: own }, index) => ({
        name: model,
        look: LOOKS[index] ?? 'd',
        values: own.map(({ profit }) => profit),
      })),
      table: bandTable('Equity', columns, { profit: ({ profit }) => profit }, money),
    },
    {
      ...span,
      id: `${id}-drawdown`,
      title: 'Drawdown',
      unit: `STX below the highest profit so far, ${by}`,
      summary: `The largest is ${money(-range(({ drawdown }) => drawdown).low)}.`,
      show: stx,
      zero: true,
      series: [{ name: 'drawdown', look: 'down', shape: 'area', values: columns.map(({ drawdown }) => drawdown) }],
      table: bandTable('Drawdown', columns, { drawdown: ({ drawdown }) => drawdown }, money),
    },
    {
      ...span,
      id: `${id}-inventory`,
      title: 'Inventory',
      unit: `Wh held beyond an idle account’s, ${by}`,
      summary: `Between ${wh(position.low)} and ${wh(position.high)}, at the end ${wh(end((column) => column.position))}.`,
      show: formatInteger,
      zero: true,
      series: [{ name: 'inventory', look: 'a', shape: 'area', values: columns.map((column) => column.position) }],
      table: bandTable('Inventory', columns, { inventory: (column) => column.position }, wh),
    },
    {
      ...span,
      id: `${id}-price`,
      title: 'Price and our fills',
      unit: `µSTX/Wh, ${by}`,
      summary: `Others’ trades between the grid’s two prices; ${count(columns, 'bought')} purchases and ${count(columns, 'sold')} sales of ours.`,
      show: formatInteger,
      zero: false,
      tall: true,
      series: [
        { name: 'we bought', look: 'a', shape: 'dots', values: columns.map(({ bought }) => bought) },
        { name: 'we sold', look: 'b', shape: 'squares', values: columns.map(({ sold }) => sold) },
        { name: 'others traded', look: 'c', shape: 'points', values: columns.map(({ traded }) => traded) },
        {
          name: 'the grid asks, and pays',
          look: 'd',
          shape: 'steps',
          values: columns.map((column) => column.gridImport),
        },
        { name: '', look: 'd', shape: 'steps', values: columns.map(({ gridFeedIn }) => gridFeedIn) },
      ],
      table: priceTable(columns),
    },
  ];
  return charts.map(chartOf);
}

const count = (columns: readonly TraceColumn[], side: 'bought' | 'sold'): string =>
  formatInteger(columns.reduce((sum, column) => sum + (column[side]?.count ?? 0), 0));

/** Columns taken together to at most `MOST_ROWS` groups. */
function grouped(columns: readonly TraceColumn[]): readonly (readonly TraceColumn[])[] {
  const size = Math.max(1, Math.ceil(columns.length / MOST_ROWS));
  return Array.from({ length: Math.ceil(columns.length / size) }, (_, index) =>
    columns.slice(index * size, (index + 1) * size),
  );
}

const blocksOf = (group: readonly TraceColumn[]): string => {
  const [from, to] = [group[0]?.from ?? 0, group.at(-1)?.to ?? 0];
  return from === to ? formatInteger(from) : `${formatInteger(from)} – ${formatInteger(to)}`;
};

function bandTable(
  title: string,
  columns: readonly TraceColumn[],
  series: Readonly<Record<string, (column: TraceColumn) => Band>>,
  show: (value: number) => string,
): Html {
  const heads = Object.keys(series).flatMap(() => ['lowest', 'highest', 'at the end']);
  const rows = grouped(columns).map((group) => [
    blocksOf(group),
    ...Object.values(series).flatMap((of) => {
      const bands = group.map(of);
      const [low, high] = [Math.min(...bands.map((band) => band.low)), Math.max(...bands.map((band) => band.high))];
      return [low, high, bands.at(-1)?.last ?? 0].map(show);
    }),
  ]);
  return tableOf(title, ['blocks', ...heads], rows);
}

function priceTable(columns: readonly TraceColumn[]): Html {
  const fills = (group: readonly TraceColumn[], side: 'bought' | 'sold'): string => {
    const all = group.flatMap((column): Fills[] => (column[side] === null ? [] : [column[side]]));
    const total = all.reduce((sum, fill) => sum + fill.count, 0);
    const energy = all.reduce((sum, fill) => sum + fill.wh, 0);
    return total === 0 ? '–' : `${total}, ${wh(energy)} at ${spread(all)}`;
  };
  const rows = grouped(columns).map((group) => {
    const traded = group.flatMap((column) => (column.traded === null ? [] : [column.traded]));
    return [blocksOf(group), traded.length === 0 ? '–' : spread(traded), fills(group, 'bought'), fills(group, 'sold')];
  });
  return tableOf('Prices in µSTX/Wh', ['blocks', 'others’ trades', 'we bought', 'we sold'], rows);
}

function spread(bands: readonly Band[]): string {
  const [low, high] = [Math.min(...bands.map((band) => band.low)), Math.max(...bands.map((band) => band.high))];
  return low === high ? String(low) : `${low} – ${high}`;
}
