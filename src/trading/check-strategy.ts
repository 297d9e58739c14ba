import { ConfigError } from '../core/index.ts';
import { admits, rangeOf } from './parameters.ts';
import { STRATEGY_API_VERSION, type Strategy } from './strategy.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Checks that what a module exports is a strategy for this bot.
 *
 * @throws ConfigError saying what is wrong with it and how to mend it; `source` says where it came from.
 */
export function checkStrategy(value: unknown, source: string): Strategy<never> {
  const problem = (message: string, hint: string): never => {
    throw new ConfigError(`${source}: ${message}`, { hints: [hint] });
  };
  if (typeof value !== 'object' || value === null) {
    return problem(
      `expected a strategy as default export, was ${value === undefined ? 'none' : typeof value}`,
      'End the file with `export default defineStrategy({ … })` of wattmaker/strategy.',
    );
  }
  const strategy = value as Partial<Record<keyof Strategy, unknown>>;
  if (strategy.apiVersion !== STRATEGY_API_VERSION) {
    return problem(
      `expected apiVersion ${STRATEGY_API_VERSION}, was ${String(strategy.apiVersion)}`,
      `This bot speaks version ${STRATEGY_API_VERSION} of the strategy API; adapt the strategy, then change its number.`,
    );
  }
  if (typeof strategy.name !== 'string' || !NAME.test(strategy.name)) {
    return problem(`expected a name in kebab-case, was ${JSON.stringify(strategy.name)}`, 'For example "night-buyer".');
  }
  if (typeof strategy.description !== 'string' || strategy.description === '') {
    return problem('expected a description, was none', 'One sentence that says what it does.');
  }
  if (typeof strategy.decide !== 'function') {
    return problem('expected decide to be a function, was none', 'Give it `decide(view, parameters)`.');
  }
  if (typeof strategy.parameters !== 'object' || strategy.parameters === null) {
    return problem('expected parameters, was none', 'Declare them, or `{}` for none.');
  }
  for (const [name, spec] of Object.entries((strategy as Strategy).parameters)) {
    if (!['integer', 'number', 'choice'].includes(spec?.kind)) {
      return problem(
        `expected the parameter ${name} to be of kind integer, number or choice, was ${JSON.stringify(spec?.kind)}`,
        'Declare it with kind, default, range, unit, description and optimisable.',
      );
    }
    if (!admits(spec, spec.default)) {
      return problem(
        `expected the default of ${name} to be in its range (${rangeOf(spec)}), was ${JSON.stringify(spec.default)}`,
        'Change the default or the range.',
      );
    }
  }
  return value as Strategy<never>;
}
