import type { Intent } from './intent.ts';
import type { MarketView } from './market-view.ts';
import type { ParameterSpecs, ParametersOf, ParameterValues } from './parameters.ts';

/** The version of the strategy API that this bot speaks. */
export const STRATEGY_API_VERSION = 1;

/**
 * A way to trade. `decide` is pure: the same view and parameters give the same intents; no I/O, no clock, no random
 * source, nothing kept between calls.
 */
export interface Strategy<Parameters = ParameterValues> {
  /** The API version it was written for. */
  readonly apiVersion: typeof STRATEGY_API_VERSION;
  /** In kebab-case, the name of its folder. */
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  readonly parameters: ParameterSpecs;
  /** What the account should do now, most wanted first: limits and budgets are spent in this order. */
  decide(view: MarketView, parameters: Parameters): readonly Intent[];
}

/** Checks a strategy's types against its declared parameters and returns it unchanged. */
export function defineStrategy<const Specs extends ParameterSpecs>(strategy: {
  readonly apiVersion: typeof STRATEGY_API_VERSION;
  readonly name: string;
  readonly description: string;
  readonly parameters: Specs;
  decide(view: MarketView, parameters: ParametersOf<Specs>): readonly Intent[];
}): Strategy<ParametersOf<Specs>> & { readonly parameters: Specs } {
  return strategy;
}

/** Declares parameters with their exact types, for a `params.ts` beside the strategy. */
export function defineParameters<const Specs extends ParameterSpecs>(specs: Specs): Specs {
  return specs;
}
