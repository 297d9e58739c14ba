import Table from 'cli-table3';
import type { Probability } from '../../../backtest/optimize/deflated-sharpe.ts';
import type { Score } from '../../../backtest/optimize/search/search.ts';
import { type Axis, type Candidate, placeOf, type Space } from '../../../backtest/optimize/space.ts';
import { MOST_PAIRED, type Slice, type StabilityMap } from '../../../backtest/optimize/stability.ts';
import type { Figures, FoldResult, StudyResult } from '../../../backtest/optimize/study.ts';
import type { ParameterValue } from '../../trading/index.ts';
import { showMicroStx } from '../amounts.ts';
import { formatInteger } from '../view/format.ts';

const style = { head: [], border: [], compact: true };
/** From the lowest score of a map to its highest; a space has none. */
const SHADES = ['·', '░', '▒', '▓', '█'] as const;

const money = (figures: Pick<Figures, 'profit'> | null): string =>
  figures === null ? 'n/a' : showMicroStx(figures.profit);
const perBlock = (figures: Pick<Figures, 'profitPerBlock'> | null): string =>
  figures === null ? 'n/a' : figures.profitPerBlock.toFixed(1);
const probability = (value: Probability): string =>
  value.value === null ? `n/a (${value.reason})` : value.value.toFixed(3);

export const showCandidate = (candidate: Candidate): string =>
  Object.entries(candidate)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** In sample against out of sample, fold by fold and in total. */
export function foldTable({ folds, total }: StudyResult): string {
  const table = new Table({
    head: [
      '',
      'train',
      'test',
      'candidates',
      'in sample',
      'µSTX/block',
      'out of sample',
      'µSTX/block',
      'defaults',
      'deflated',
    ],
    style,
  });
  const span = (spans: FoldResult['test']): string =>
    spans === null ? 'none' : spans.map(({ from, to }) => `${from}–${to}`).join(' ');
  folds.forEach((fold, index) => {
    const { inSample, outOfSample, defaults, deflated } = fold;
    table.push([
      `fold ${index + 1}`,
      span(fold.train),
      span(fold.test),
      formatInteger(fold.candidates),
      money(inSample),
      perBlock(inSample),
      money(outOfSample),
      perBlock(outOfSample),
      money(defaults),
      deflated.value === null ? 'n/a' : deflated.value.toFixed(3),
    ]);
  });
  const { inSample, outOfSample, defaults } = total;
  table.push([
    'total',
    '',
    '',
    '',
    money(inSample),
    perBlock(inSample),
    money(outOfSample),
    perBlock(outOfSample),
    money(defaults),
    '',
  ]);
  return table.toString();
}

/** What the figures say, in sentences. */
export function verdictLines({ folds, total, best }: StudyResult): readonly string[] {
  const { stability, deflated } = best;
  const tested = folds.filter(({ outOfSample }) => outOfSample !== null).length;
  return [
    ...folds.map((fold, index) => `fold ${index + 1} chose ${showCandidate(fold.chosen)}`),
    `${formatInteger(total.trials)} trials in sample`,
    ...(tested === 0
      ? ['out of sample: nothing was tried; --folds 1 or more tells how a choice does on blocks it was not made on']
      : [
          `out of sample: ${total.profitableFolds} of ${tested} folds made a profit; ` +
            `efficiency ${total.efficiency === null ? 'n/a (no profit in sample)' : total.efficiency.toFixed(2)}; ` +
            `probability that the Sharpe ratio is above 0: ${probability(total.aboveZero)}`,
        ]),
    `best, the choice of the last fold: ${showCandidate(best.candidate)}`,
    `deflated Sharpe ratio of the best: ${probability(deflated)}${meaning(deflated)}`,
    stabilityLine(stability),
  ];
}

const LIKELY = 0.95;

function meaning(deflated: Probability): string {
  if (deflated.value === null) return '';
  const { value, sharpe, benchmark } = deflated;
  const against = ` (Sharpe ratio ${sharpe.toFixed(2)} against ${benchmark.toFixed(2)} of the luckiest of as many tries)`;
  return `${against}${value >= LIKELY ? '' : `; below ${LIKELY}: the search alone may have brought it about`}`;
}

function stabilityLine({ stableShare, neighbours, withinShare }: StabilityMap): string {
  const share = stableShare === null ? 'n/a' : `${Math.round(100 * stableShare)} %`;
  return `stability: ${share} of ${neighbours} neighbours score within ${100 * withinShare} % of the best among them`;
}

/** What a reader must be told beside the figures. */
export function studyWarnings({ folds, best }: Pick<StudyResult, 'folds' | 'best'>, space: Space): readonly string[] {
  const { stability } = best;
  const edges = space.filter((axis) => isAtEdge(axis, best.candidate[axis.name]));
  return [
    ...edges.map(
      (axis) =>
        `the best ${axis.name}, ${best.candidate[axis.name]}, lies at the edge of ${extentOf(axis)}: a better one may lie beyond`,
    ),
    ...folds.flatMap(({ inSample }, index) =>
      inSample.score === null ? [`fold ${index + 1}: no candidate could be scored`] : [],
    ),
    ...(stability.slices.every(({ scores }) => new Set(scores.flat()).size <= 1)
      ? ['around the best all scores are the same: these parameters decide nothing here, or nothing was traded']
      : []),
  ];
}

/** A value this near an end of its range, as a share of it, is at its edge: a step of the stability map. */
const EDGE = 0.05;

/** Words have no order, and of two values each is at an edge. */
function isAtEdge(axis: Axis, value: ParameterValue | undefined): boolean {
  if (typeof value !== 'number') return false;
  if (axis.kind === 'values') {
    const ends = [Math.min, Math.max].map((end) => end(...axis.values.map(Number)));
    return axis.values.length > 2 && ends.includes(value);
  }
  const place = placeOf(axis, value);
  return axis.low < axis.high && (place <= EDGE || place >= 1 - EDGE);
}

const extentOf = (axis: Axis): string =>
  axis.kind === 'values' ? axis.values.join(', ') : `${axis.low} to ${axis.high}`;

/** The scores around the optimum, darker for higher. */
export function stabilityText({ slices }: StabilityMap): readonly string[] {
  const known = slices.flatMap(({ scores }) => scores.flat()).filter((score) => score !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const shade = (score: Score): string => {
    if (score === null) return ' ';
    const place = high > low ? (score - low) / (high - low) : 1;
    return SHADES[Math.min(SHADES.length - 1, Math.floor(place * SHADES.length))] ?? ' ';
  };
  const lines = slices.filter(({ axes }) => axes.length === 1).map((slice) => line(slice, shade));
  const squares = slices.filter(({ axes }) => axes.length === 2).flatMap((slice) => ['', ...square(slice, shade)]);
  const legend = `scores around the best, from ${SHADES[0]} (${rounded(low)}) to ${SHADES.at(-1)} (${rounded(high)}):`;
  const left = squares.length === 0 && lines.length > 1 ? [`above ${MOST_PAIRED} parameters, pairs are left out`] : [];
  return known.length === 0 ? [] : [legend, ...lines, ...left, ...squares];
}

const rounded = (value: number): string => formatInteger(Number(value.toPrecision(4)));

function line({ axes: [axis], scores: [scores = []] }: Slice, shade: (score: Score) => string): string {
  const points = (axis?.values ?? []).map((value, index) => `${value} ${shade(scores[index] ?? null)}`);
  return `  ${axis?.name}: ${points.join('  ')}`;
}

function square({ axes: [first, second], scores }: Slice, shade: (score: Score) => string): readonly string[] {
  const width = Math.max(...(first?.values ?? []).map((value) => String(value).length));
  return [
    `  ${first?.name} down, ${second?.name} across ${second?.values.join(', ')}`,
    ...scores.map(
      (row, index) =>
        `  ${String(first?.values[index]).padStart(width)} ${row.map((each) => shade(each).repeat(2)).join('')}`,
    ),
  ];
}
