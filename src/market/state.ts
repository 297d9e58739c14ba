import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import type { DelegationRecord, ProsumerRecord, TradeRecord } from '../contract/index.ts';
import {
  type GrantId,
  grantId,
  type Height,
  type MicroStx,
  type Price,
  type Principal,
  price,
  type Sequence,
  sequence,
  type TradeId,
  tradeId,
  type Wh,
} from '../core/index.ts';

/** Names one delegation: the prosumer and its operator. */
export type DelegationKey = `${Principal} ${Principal}`;

/** An open offer as the book holds it. */
export interface OpenOffer {
  readonly id: TradeId;
  readonly seller: Principal;
  readonly amount: Wh;
  readonly price: Price;
  /** amount × price. */
  readonly cost: MicroStx;
  /** The last height at which it can be bought; null where it has no expiry. */
  readonly openUntil: Height | null;
  readonly lister: Principal;
}

/**
 * The contract's state after an event, as a value: every event makes a new one that shares what did not change, so
 * keeping an old one is all that a rewind needs.
 *
 * A *complete* state was folded from the first event. A *partial* one began at a snapshot: every record that it holds
 * is exact, all open offers are there, but prosumers, delegations and closed trades that the snapshot left out are
 * missing until an event tells them whole.
 */
export interface MarketState {
  readonly complete: boolean;
  /** Who deployed the contract. */
  readonly owner: Principal;
  /** The number of the last event applied; 0 before any. */
  readonly sequence: Sequence;
  readonly lastTradeId: TradeId;
  /** In a partial state the highest grant seen, which may be below the contract's. */
  readonly lastGrantId: GrantId;
  readonly energyPrice: Price;
  /** All energy balances and all escrowed energy, in Wh: a sum over prosumers, hence bigint. */
  readonly gridBalance: bigint;
  /** All funds balances, in µSTX. */
  readonly totalFunds: bigint;
  readonly metersRequired: boolean;
  /** How many are registered, also those that a partial state holds no record of. */
  readonly prosumerCount: number;
  readonly prosumers: ImmutableMap<Principal, ProsumerRecord>;
  readonly trades: ImmutableMap<TradeId, TradeRecord>;
  /** The open ones among `trades`, cheapest first, then by id. */
  readonly openOffers: readonly OpenOffer[];
  readonly delegations: ImmutableMap<DelegationKey, DelegationRecord>;
  /** Prosumers without a record here that are known to have a meter; always empty in a complete state. */
  readonly meteredStrangers: ImmutableSet<Principal>;
}

/** The state of a contract that `owner` has just deployed. */
export function emptyMarket({ owner }: { readonly owner: Principal }): MarketState {
  return {
    complete: true,
    owner,
    sequence: sequence(0),
    lastTradeId: tradeId(0),
    lastGrantId: grantId(0),
    energyPrice: price(100),
    gridBalance: 0n,
    totalFunds: 0n,
    metersRequired: false,
    prosumerCount: 0,
    prosumers: ImmutableMap(),
    trades: ImmutableMap(),
    openOffers: Object.freeze([]),
    delegations: ImmutableMap(),
    meteredStrangers: ImmutableSet(),
  };
}

export function delegationKey(prosumer: Principal, operator: Principal): DelegationKey {
  return `${prosumer} ${operator}`;
}

/** What `operator` may still do for `prosumer`, or undefined where no delegation is known. */
export function delegationOf(
  state: MarketState,
  prosumer: Principal,
  operator: Principal,
): DelegationRecord | undefined {
  return state.delegations.get(delegationKey(prosumer, operator));
}

/** Whether a meter vouches for the prosumer's energy; false also where a partial state does not know. */
export function isMetered(state: MarketState, prosumer: Principal): boolean {
  const record = state.prosumers.get(prosumer);
  return record === undefined ? state.meteredStrangers.has(prosumer) : record.meter !== null;
}
