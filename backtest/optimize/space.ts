import type { ParameterSpec, ParameterSpecs, ParameterValue } from '../../src/trading/index.ts';

/** A few values of a parameter, in their order. */
export interface ValuesAxis {
  readonly kind: 'values';
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

/** All numbers in [low, high]. */
export interface RangeAxis {
  readonly kind: 'range';
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Whole numbers alone. */
  readonly integer: boolean;
}

export type Axis = ValuesAxis | RangeAxis;

/** What a search may vary, one axis a parameter. */
export type Space = readonly Axis[];

/** A value for every axis of a space. */
export type Candidate = Readonly<Record<string, ParameterValue>>;

/** A range above zero that spans more than this factor is searched by its logarithm: from 1 to 10^9 most of it is not near 10^9. */
const LOG_FROM = 100;
/** Digits kept of a number that is not whole: it is printed, stored and read back as the same one. */
const DIGITS = 6;

const isLog = ({ low, high }: RangeAxis): boolean => low > 0 && high / low >= LOG_FROM;

/** The value at a place in [0, 1] of an axis. */
export function valueAt(axis: Axis, place: number): ParameterValue {
  if (axis.kind === 'values') {
    const index = Math.min(axis.values.length - 1, Math.floor(place * axis.values.length));
    return axis.values[index] as ParameterValue;
  }
  const { low, high, integer } = axis;
  const exact = isLog(axis) ? low * (high / low) ** place : low + (high - low) * place;
  const value = integer ? Math.round(exact) : Number(exact.toPrecision(DIGITS));
  return Math.min(high, Math.max(low, value));
}

/** Where in [0, 1] a value of a range stands. */
export function placeOf(axis: RangeAxis, value: number): number {
  const { low, high } = axis;
  if (low === high) return 0;
  return isLog(axis) ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** Every value of an axis that a grid takes: all of few, or so many of a range, its ends included. */
export function levelsOf(axis: Axis, levels: number): readonly ParameterValue[] {
  if (axis.kind === 'values') return axis.values;
  const places = Array.from({ length: levels }, (_, index) => (levels === 1 ? 0.5 : index / (levels - 1)));
  return [...new Set(places.map((place) => valueAt(axis, place)))];
}

/** The axis that a parameter's declaration stands for: all that it admits. */
export function declaredAxis(name: string, spec: ParameterSpec): Axis {
  if (spec.kind === 'choice') return { kind: 'values', name, values: spec.choices };
  return { kind: 'range', name, low: spec.min, high: spec.max, integer: spec.kind === 'integer' };
}

/** What a strategy declares that an optimiser may vary. */
export const declaredSpace = (parameters: ParameterSpecs): Space =>
  Object.entries(parameters)
    .filter(([, { optimisable }]) => optimisable)
    .map(([name, spec]) => declaredAxis(name, spec));

/** Names a candidate: equal for equal values. */
export const keyOf = (candidate: Candidate): string => JSON.stringify(candidate);
