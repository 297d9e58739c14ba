import type { ParameterValue } from '../../src/trading/index.ts';
import type { Score } from './search/search.ts';
import { type Axis, type Candidate, keyOf, placeOf, type Space, valueAt } from './space.ts';

/** How far the neighbours of a range stand from the optimum, as shares of the range. */
const STEP = 0.05;
const STEPS = [-2, -1, 0, 1, 2] as const;
/** Above so many parameters, pairs are left out: their number grows with the square. */
export const MOST_PAIRED = 5;
/** A neighbour is as good as the best when it scores within this share of it. */
const WITHIN = 0.1;

/** Scores around the optimum along one parameter, or over two. */
export interface Slice {
  readonly axes: readonly { readonly name: string; readonly values: readonly ParameterValue[] }[];
  /** By the first axis' values, then the second's; a slice of one axis has one row. */
  readonly scores: readonly (readonly Score[])[];
}

/** How stable an optimum is. */
export interface StabilityMap {
  /** The best score of all that stand on the map. */
  readonly best: Score;
  /** The optimum's own. */
  readonly optimum: Score;
  /** Different neighbours that were looked at. */
  readonly neighbours: number;
  /** The share of them that scores within `withinShare` of the best; null where there are none, or no score. */
  readonly stableShare: number | null;
  readonly withinShare: number;
  readonly slices: readonly Slice[];
}

/** The values of an axis around one of its own, in their order, that one among them. */
function around(axis: Axis, value: ParameterValue): readonly ParameterValue[] {
  if (axis.kind === 'values') {
    const at = axis.values.indexOf(value);
    return STEPS.flatMap((step) => axis.values[at + step] ?? []);
  }
  const place = placeOf(axis, Number(value));
  const values = STEPS.map((step) => {
    if (step === 0) return value;
    return valueAt(axis, Math.min(1, Math.max(0, place + step * STEP)));
  });
  return [...new Set(values)];
}

interface Plan {
  readonly axes: Slice['axes'];
  readonly rows: readonly (readonly Candidate[])[];
}

/** A row of candidates for each parameter; a square for each pair of not too many. */
function slicesAround(space: Space, optimum: Candidate): readonly Plan[] {
  const axes = space.map((axis) => ({ name: axis.name, values: around(axis, optimum[axis.name] ?? '') }));
  const lines = axes.map((axis): Plan => {
    const rows = [axis.values.map((value) => ({ ...optimum, [axis.name]: value }))];
    return { axes: [axis], rows };
  });
  if (axes.length > MOST_PAIRED) return lines;
  const squares = axes.flatMap((first, index) =>
    axes.slice(index + 1).map((second): Plan => {
      const rows = first.values.map((one) =>
        second.values.map((other) => ({ ...optimum, [first.name]: one, [second.name]: other })),
      );
      return { axes: [first, second], rows };
    }),
  );
  return [...lines, ...squares];
}

/** Scores the neighbours of an optimum, each once. */
export async function mapStability(
  { space, optimum }: { readonly space: Space; readonly optimum: Candidate },
  score: (candidates: readonly Candidate[]) => Promise<readonly Score[]>,
): Promise<StabilityMap> {
  const plans = slicesAround(space, optimum);
  const candidates = new Map(plans.flatMap(({ rows }) => rows.flat()).map((each) => [keyOf(each), each]));
  candidates.set(keyOf(optimum), optimum);
  const scores = await score([...candidates.values()]);
  const known = new Map([...candidates.keys()].map((key, index) => [key, scores[index] ?? null]));
  const scoreOf = (candidate: Candidate): Score => known.get(keyOf(candidate)) ?? null;
  const own = scoreOf(optimum);
  const best = [...known.values()].reduce(
    (top, each) => (top === null || (each !== null && each > top) ? each : top),
    null,
  );
  const neighbours = [...known].filter(([key]) => key !== keyOf(optimum)).map(([, each]) => each);
  const stable = neighbours.filter((each) => each !== null && best !== null && each >= best - WITHIN * Math.abs(best));
  return {
    best,
    optimum: own,
    neighbours: neighbours.length,
    stableShare: neighbours.length === 0 || best === null ? null : stable.length / neighbours.length,
    withinShare: WITHIN,
    slices: plans.map(({ axes, rows }) => ({ axes, scores: rows.map((row) => row.map(scoreOf)) })),
  };
}
