import type { TradeRecord } from '../../../src/contract/index.ts';
import { type Principal, type TradeId, tradeId } from '../../../src/core/index.ts';
import { delegationOf, type MarketState } from '../../../src/market/index.ts';
import { cast } from '../cast.ts';
import type { Act } from '../move.ts';
import { MAX, pick } from './draw.ts';

/** Turns meters off where they are on, so that everyone can list and report again. */
export function metersOff(state: MarketState): readonly Act[] {
  return state.metersRequired ? [{ caller: cast.owner, call: { kind: 'requireMeters', required: false } }] : [];
}

/** Turns meters on where they are off. */
export function metersOn(state: MarketState): readonly Act[] {
  return state.metersRequired ? [] : [{ caller: cast.owner, call: { kind: 'requireMeters', required: true } }];
}

/** Registers an account where it is not registered. */
export function registered(state: MarketState, caller: Principal): readonly Act[] {
  return state.prosumers.has(caller) ? [] : [{ caller, call: { kind: 'registerProsumer' } }];
}

export const energyOf = (state: MarketState, account: Principal): number => state.prosumers.get(account)?.energy ?? 0;
export const fundsOf = (state: MarketState, account: Principal): number => state.prosumers.get(account)?.funds ?? 0;

/** Gives an account as much energy as it lacks; meters must be off. */
export function withEnergy(state: MarketState, caller: Principal, wanted: number): readonly Act[] {
  const missing = wanted - energyOf(state, caller);
  return missing > 0 ? [{ caller, call: { kind: 'addEnergy', amount: BigInt(missing) } }] : [];
}

/** Gives an account as much in funds as it lacks. */
export function withFunds(state: MarketState, caller: Principal, wanted: number): readonly Act[] {
  const missing = wanted - fundsOf(state, caller);
  return missing > 0 ? [{ caller, call: { kind: 'addFunds', amount: BigInt(missing) } }] : [];
}

/** Whether an account's energy and open offers leave room for a move that lists and buys a little. */
export function isRoomy(state: MarketState, account: Principal): boolean {
  const record = state.prosumers.get(account);
  return record === undefined || (record.openTrades < 90 && record.energy + record.escrowed < Number(MAX) / 2);
}

/** An open offer that can be bought at `height`, of a seller other than `not`. */
export function openOffer(
  state: MarketState,
  die: number,
  height: number,
  not?: Principal,
): { id: TradeId; trade: TradeRecord } | null {
  const open = state.openOffers.filter(
    ({ seller, openUntil }) => seller !== not && (openUntil === null || openUntil >= height),
  );
  const offer = pick(open, die);
  return offer && { id: offer.id, trade: state.trades.get(offer.id) as TradeRecord };
}

/** The id that the next offer gets. */
export const nextId = (state: MarketState): bigint => BigInt(state.lastTradeId + 1);

export function tradeAt(state: MarketState, id: bigint): TradeRecord | undefined {
  return id <= MAX ? state.trades.get(tradeId(id)) : undefined;
}

/** A grant that is wide enough for a move's subject unless it says otherwise, up to 50 blocks on. */
export function grantTo(
  caller: Principal,
  operator: Principal,
  height: number,
  limits: Partial<Record<'spendLimit' | 'energyLimit' | 'maxBuyPrice' | 'minSellPrice' | 'expiresAt', bigint>> = {},
): Act {
  const wide = { spendLimit: 30_000n, energyLimit: 400n, maxBuyPrice: 180n, minSellPrice: 20n };
  return {
    caller,
    call: { kind: 'delegateTrading', operator, ...wide, expiresAt: BigInt(height + 50), ...limits },
  };
}

/** The grants in force at a height, of the cast's prosumers. */
export function grantsInForce(state: MarketState, height: number) {
  return cast.prosumers.flatMap((prosumer) =>
    cast.operators.flatMap((operator) => {
      const grant = delegationOf(state, prosumer, operator);
      return grant !== undefined && grant.expiresAt >= height ? [{ prosumer, operator, grant }] : [];
    }),
  );
}
