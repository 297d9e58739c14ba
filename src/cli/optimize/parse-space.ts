import { type Axis, declaredAxis, declaredSpace, type Space } from '../../../backtest/optimize/space.ts';
import { ConfigError } from '../../core/index.ts';
import { admits, type ParameterSpec, type ParameterValue, rangeOf, type Strategy } from '../../trading/index.ts';

/** What `--space` says of one parameter. */
export interface AxisText {
  readonly name: string;
  readonly text: string;
}

const EXAMPLES = 'halfSpreadPercent=2:12, halfSpreadPercent=2:12:0.5 or halfSpreadPercent=4,6,8';
/** More steps than this are a slip of the text rather than a wish. */
const MOST_STEPS = 10_000;

/** Reads `name=low:high`, `name=low:high:step` or `name=a,b,c`. @throws ConfigError for anything else. */
export function parseAxisText(text: string): AxisText {
  const match = /^([A-Za-z]\w*)=(.+)$/.exec(text);
  if (match === null) throw new ConfigError(`expected a space such as ${EXAMPLES}, was "${text}"`);
  const [, name = '', values = ''] = match;
  return { name, text: values };
}

/**
 * What a search may vary: the parameters that are named, else all that the strategy declares as optimisable.
 *
 * @throws ConfigError for a name or a value that the strategy does not have, or where there is nothing to vary.
 */
export function spaceOf(strategy: Strategy<never>, texts: readonly AxisText[]): Space {
  const { parameters, name } = strategy;
  if (texts.length === 0) {
    const declared = declaredSpace(parameters);
    if (declared.length > 0) return declared;
    const known = Object.keys(parameters);
    throw new ConfigError(`expected the strategy "${name}" to declare a parameter as optimisable, was none`, {
      hints: [
        known.length === 0
          ? 'It takes no parameters; there is nothing to search.'
          : `Name what to vary with --space, for example --space ${known[0]}=…; it knows ${known.join(', ')}.`,
      ],
    });
  }
  const twice = texts.find((each, index) => texts.findIndex((other) => other.name === each.name) !== index);
  if (twice !== undefined) throw new ConfigError(`expected one --space for ${twice.name}, was several`);
  return texts.map((text) => {
    const spec = parameters[text.name];
    if (spec !== undefined) return axisOf(text, spec);
    throw new ConfigError(`expected a parameter of the strategy "${name}", was "${text.name}"`, {
      hints: [`It knows ${Object.keys(parameters).join(', ') || 'none'}.`],
    });
  });
}

function axisOf({ name, text }: AxisText, spec: ParameterSpec): Axis {
  const assertAdmitted = (value: ParameterValue): ParameterValue => {
    if (admits(spec, value)) return value;
    throw new ConfigError(`expected ${name} within ${rangeOf(spec)}, was "${value}"`);
  };
  if (spec.kind === 'choice' || !text.includes(':')) {
    const values = text.split(',').map((word) => assertAdmitted(spec.kind === 'choice' ? word : numberOf(word)));
    return { kind: 'values', name, values: [...new Set(values)] };
  }
  const parts = text.split(':');
  const [low = 0, high = 0, step] = parts.map(numberOf);
  if (parts.length > 3 || low > high || (step !== undefined && step <= 0)) {
    throw new ConfigError(`expected ${name} from low to high, such as ${EXAMPLES}, was "${text}"`);
  }
  for (const end of [low, high]) assertAdmitted(end);
  if (step === undefined) return { ...declaredAxis(name, spec), low, high } as Axis;
  const steps = Math.floor((high - low) / step + 1e-9);
  if (steps >= MOST_STEPS) throw new ConfigError(`expected at most ${MOST_STEPS} values of ${name}, was ${steps + 1}`);
  const values = Array.from({ length: steps + 1 }, (_, index) => Number((low + index * step).toPrecision(12)));
  return { kind: 'values', name, values: values.map(assertAdmitted) };
}

function numberOf(word: string): number {
  const value = Number(word);
  if (word.trim() === '' || !Number.isFinite(value)) throw new ConfigError(`expected a number, was "${word}"`);
  return value;
}
