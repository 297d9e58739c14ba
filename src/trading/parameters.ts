import { ConfigError } from '../core/index.ts';

interface ParameterText {
  /** What the number counts, for example `µSTX/Wh`, `%`, `blocks`; empty for a bare number or a choice. */
  readonly unit: string;
  /** One sentence for people. */
  readonly description: string;
  /** Whether an optimiser may vary it. */
  readonly optimisable: boolean;
}

/** A whole number in [min, max]. */
export interface IntegerParameter extends ParameterText {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** A finite number in [min, max]. */
export interface NumberParameter extends ParameterText {
  readonly kind: 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** One of a few words. */
export interface ChoiceParameter extends ParameterText {
  readonly kind: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}

export type ParameterSpec = IntegerParameter | NumberParameter | ChoiceParameter;
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;
export type ParameterValue = number | string;
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** The values that belong to declared parameters: a number each, or one of the words of a choice. */
export type ParametersOf<Specs extends ParameterSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends { readonly choices: readonly (infer Word)[] } ? Word : number;
};

/** The declared range in words, as errors, READMEs and `strategies list` show it. */
export function rangeOf(spec: ParameterSpec): string {
  return spec.kind === 'choice' ? spec.choices.join(', ') : `${spec.min} to ${spec.max}`;
}

const withUnit = (text: string, spec: ParameterSpec): string => (spec.unit === '' ? text : `${text} ${spec.unit}`);

/** Whether `value` is one that `spec` admits. */
export function admits(spec: ParameterSpec, value: unknown): value is ParameterValue {
  if (spec.kind === 'choice') return typeof value === 'string' && spec.choices.includes(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (spec.kind === 'integer' && !Number.isSafeInteger(value)) return false;
  return value >= spec.min && value <= spec.max;
}

const article = { integer: 'an integer', number: 'a number', choice: 'one of' } as const;

/**
 * Completes what a user gave with the declared defaults.
 *
 * @throws ConfigError for an unknown name or a value outside the declared range.
 */
export function resolveParameters(
  strategy: { readonly name: string; readonly parameters: ParameterSpecs },
  given: Readonly<Record<string, unknown>> = {},
): ParameterValues {
  const { name: strategyName, parameters } = strategy;
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(parameters, name)) continue;
    const known = Object.keys(parameters);
    throw new ConfigError(`expected a parameter of the strategy "${strategyName}", was "${name}"`, {
      hints: [known.length === 0 ? 'It takes no parameters.' : `It knows ${known.join(', ')}.`],
    });
  }
  const values: Record<string, ParameterValue> = {};
  for (const [name, spec] of Object.entries(parameters)) {
    const value = given[name] === undefined ? spec.default : given[name];
    if (!admits(spec, value)) {
      const wanted = withUnit(`${article[spec.kind]} ${spec.kind === 'choice' ? '' : 'from '}${rangeOf(spec)}`, spec);
      throw new ConfigError(
        `expected ${name} of the strategy "${strategyName}" to be ${wanted.replace('  ', ' ')}, was ${JSON.stringify(value) ?? String(value)}`,
        { hints: [`Leave it out for the default of ${withUnit(String(spec.default), spec)}. ${spec.description}`] },
      );
    }
    values[name] = value;
  }
  return Object.freeze(values);
}
