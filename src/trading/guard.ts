import { StrategyError } from '../core/index.ts';
import { checkIntents } from './check-intents.ts';
import type { Intent } from './intent.ts';
import type { MarketView } from './market-view.ts';
import type { ParameterValues } from './parameters.ts';
import type { Strategy } from './strategy.ts';

export type Consultation =
  | { readonly kind: 'intents'; readonly intents: readonly Intent[] }
  | { readonly kind: 'fault'; readonly error: StrategyError };

/** What a strategy threw, in one line, whatever it threw. */
function lineOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return text.replace(/\s+/g, ' ').slice(0, 300);
  } catch {
    return 'something that cannot be printed';
  }
}

function fault(strategy: string, message: string, cause?: unknown): Consultation {
  return {
    kind: 'fault',
    error: new StrategyError(message, { strategy, ...(cause === undefined ? {} : { cause }) }),
  };
}

/**
 * Asks a strategy as one asks a guest: whatever it throws or returns, the caller gets checked plain intents or a fault
 * that names it. `view` and `parameters` must be frozen, so that an attempt to change them throws inside the strategy.
 * It cannot stop a strategy that never returns; the trading host does that from outside.
 */
export function consult(
  { reference, strategy }: { readonly reference: string; readonly strategy: Strategy<never> },
  { view, parameters }: { readonly view: MarketView; readonly parameters: ParameterValues },
): Consultation {
  try {
    const checked = checkIntents(strategy.decide(view, parameters as never));
    return checked.kind === 'nonsense' ? fault(reference, `returned ${checked.problem}`) : checked;
  } catch (thrown) {
    return fault(reference, `threw ${lineOf(thrown)}`, thrown);
  }
}
