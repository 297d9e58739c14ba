import { ConfigError } from '../../core/index.ts';
import type { ParameterValue, Strategy } from '../../trading/index.ts';

/** Values of one parameter to be tried. */
export interface ParameterChoice {
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

/** Reads `name=value,value`. @throws ConfigError for anything else. */
export function parseChoice(text: string): ParameterChoice {
  const match = /^([A-Za-z]\w*)=(.+)$/.exec(text);
  if (match === null) {
    throw new ConfigError(`expected parameters such as halfSpreadPercent=4,6, was "${text}"`);
  }
  const [, name = '', list = ''] = match;
  const values = list
    .split(',')
    .map((word) => (word.trim() !== '' && Number.isFinite(Number(word)) ? Number(word) : word));
  return { name, values };
}

/**
 * Every combination of the values that a strategy has parameters for; one without any where it has none of them.
 */
export function combinations(
  { parameters }: Strategy<never>,
  choices: readonly ParameterChoice[],
): readonly Readonly<Record<string, ParameterValue>>[] {
  return choices
    .filter(({ name }) => Object.hasOwn(parameters, name))
    .reduce<readonly Readonly<Record<string, ParameterValue>>[]>(
      (all, { name, values }) => all.flatMap((before) => values.map((value) => ({ ...before, [name]: value }))),
      [{}],
    );
}

/** @throws ConfigError for a parameter that none of the strategies has. */
export function assertKnown(strategies: readonly Strategy<never>[], choices: readonly ParameterChoice[]): void {
  for (const { name } of choices) {
    if (strategies.some(({ parameters }) => Object.hasOwn(parameters, name))) continue;
    const known = [...new Set(strategies.flatMap(({ parameters }) => Object.keys(parameters)))];
    throw new ConfigError(`expected a parameter of one of the strategies, was "${name}"`, {
      hints: [known.length === 0 ? 'They take no parameters.' : `They know ${known.join(', ')}.`],
    });
  }
}
