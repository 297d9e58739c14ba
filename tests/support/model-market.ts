import type { GridCall, GridEvent, MarketSummary } from '../../src/contract/index.ts';
import { type Height, height, type Principal } from '../../src/core/index.ts';
import { type Decision, decide, emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { testPrincipal } from './test-principal.ts';

export const owner = testPrincipal(1);
export const alice = testPrincipal(2);
export const bob = testPrincipal(3);
export const carol = testPrincipal(4);
export const operator = testPrincipal(5);
export const meter = testPrincipal(6);

/** A market that one can act on; it throws where the scene of a test goes wrong. */
export interface ModelMarket {
  readonly state: MarketState;
  readonly events: readonly GridEvent[];
  /** What the contract would answer; nothing changes. */
  ask(caller: Principal, call: GridCall, context?: { height?: number; callerBalance?: bigint }): Decision;
  /** Executes a call that must succeed. */
  act(caller: Principal, call: GridCall, context?: { height?: number }): Decision & { ok: true };
}

export function createModelMarket(): ModelMarket {
  let state = emptyMarket({ owner });
  const events: GridEvent[] = [];
  const ask: ModelMarket['ask'] = (caller, call, { height: at = 10, callerBalance } = {}) =>
    decide(state, call, { caller, height: height(at), ...(callerBalance === undefined ? {} : { callerBalance }) });
  return {
    get state() {
      return state;
    },
    events,
    ask,
    act(caller, call, context) {
      const decision = ask(caller, call, context);
      if (!decision.ok) throw new Error(`${call.kind} was refused: ${decision.error}`);
      for (const event of decision.events) state = evolve(state, event);
      events.push(...decision.events);
      return decision;
    },
  };
}

/** Alice, Bob and Carol are registered; each has 1,000 Wh and 100,000 µSTX. */
export function createNeighbourhood(): ModelMarket {
  const market = createModelMarket();
  for (const who of [alice, bob, carol]) {
    market.act(who, { kind: 'registerProsumer' });
    market.act(who, { kind: 'addEnergy', amount: 1_000n });
    market.act(who, { kind: 'addFunds', amount: 100_000n });
  }
  return market;
}

/** A delegation that is wide enough for whatever a test does not ask about. */
export function delegation(limits: Partial<Extract<GridCall, { kind: 'delegateTrading' }>> = {}): GridCall {
  return {
    kind: 'delegateTrading',
    operator,
    spendLimit: 50_000n,
    energyLimit: 500n,
    maxBuyPrice: 200n,
    minSellPrice: 50n,
    expiresAt: 100n,
    ...limits,
  };
}

/** What the contract's own summary says of a state whose events lead to `digest`. */
export function summaryOf(state: MarketState, at: { readonly height: Height; readonly digest: string }): MarketSummary {
  const { sequence, lastTradeId, energyPrice, gridBalance, totalFunds, prosumerCount, metersRequired } = state;
  return {
    sequence,
    digest: at.digest,
    lastTradeId,
    energyPrice,
    gridBalance,
    totalFunds,
    prosumers: prosumerCount,
    metersRequired,
    height: at.height,
  };
}
