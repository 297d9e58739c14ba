import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import type { DelegationRecord, MarketSummary, ProsumerRecord, TradeRecord } from '../contract/index.ts';
import { CorruptionError, grantId, type Principal, type TradeId } from '../core/index.ts';
import { byPriceThenId, openOffer } from './open-offers.ts';
import { type DelegationKey, delegationKey, type MarketState } from './state.ts';

/**
 * The part of the contract's state that a fresh client reads, all at one block: every open offer, and the prosumers and
 * delegations that it asked for. Plain data: it can be sent to another thread.
 */
export interface MarketSnapshot {
  readonly owner: Principal;
  /** The block that every part was read at. */
  readonly indexBlockHash: string;
  readonly summary: MarketSummary;
  readonly offers: readonly { readonly id: TradeId; readonly trade: TradeRecord }[];
  /** Those that are registered among the prosumers asked for. */
  readonly prosumers: readonly { readonly prosumer: Principal; readonly record: ProsumerRecord }[];
  /** Those that exist among the delegations asked for. */
  readonly delegations: readonly {
    readonly prosumer: Principal;
    readonly operator: Principal;
    readonly record: DelegationRecord;
  }[];
}

/**
 * The state at a snapshot: partial, unless nothing had happened yet.
 *
 * @throws CorruptionError when the snapshot holds an offer that is not open or is numbered above the last trade.
 */
export function marketFromSnapshot(snapshot: MarketSnapshot): MarketState {
  const { summary } = snapshot;
  for (const { id, trade } of snapshot.offers) {
    if (trade.status !== 'open') throw new CorruptionError(`expected offer ${id} to be open, was ${trade.status}`);
    if (id > summary.lastTradeId) {
      throw new CorruptionError(`expected no trade after ${summary.lastTradeId}, was ${id}`);
    }
  }
  const grants = [
    ...snapshot.delegations.map(({ record }) => record.grantId),
    ...snapshot.offers.map(({ trade }) => trade.grantId ?? 0),
  ];
  return {
    complete: summary.sequence === 0,
    owner: snapshot.owner,
    sequence: summary.sequence,
    lastTradeId: summary.lastTradeId,
    lastGrantId: grantId(grants.reduce<number>((highest, id) => Math.max(highest, id), 0)),
    energyPrice: summary.energyPrice,
    gridBalance: summary.gridBalance,
    totalFunds: summary.totalFunds,
    metersRequired: summary.metersRequired,
    prosumerCount: summary.prosumers,
    prosumers: ImmutableMap(snapshot.prosumers.map(({ prosumer, record }) => [prosumer, record])),
    trades: ImmutableMap(snapshot.offers.map(({ id, trade }) => [id, trade])),
    openOffers: Object.freeze(snapshot.offers.map(({ id, trade }) => openOffer(id, trade)).sort(byPriceThenId)),
    delegations: ImmutableMap(
      snapshot.delegations.map(({ prosumer, operator, record }): [DelegationKey, DelegationRecord] => [
        delegationKey(prosumer, operator),
        record,
      ]),
    ),
    meteredStrangers: ImmutableSet(),
  };
}
