import type { DelegationRecord, ProsumerRecord } from '../../src/contract/index.ts';
import {
  costOf,
  grantId,
  height,
  microStx,
  type Principal,
  price,
  sequence,
  tradeId,
  wh,
} from '../../src/core/index.ts';
import type { OpenOffer } from '../../src/market/index.ts';
import {
  type Intent,
  OfferIndex,
  type OpenIntent,
  RecentPast,
  type TradingAccount,
  type TurnMarket,
  type TurnRequest,
} from '../../src/trading/index.ts';
import { testPrincipal } from './test-principal.ts';

export const neighbour = testPrincipal(100);
export const botOperator = testPrincipal(200);

/** The principal of the bot's account number `index`. */
export const accountOf = (index: number): Principal => testPrincipal(1_000 + index);

export interface SceneOffer {
  readonly id: number;
  readonly amount: number;
  readonly price: number;
  readonly seller?: Principal;
  readonly lister?: Principal;
  readonly openUntil?: number | null;
}

export interface SceneMarket {
  readonly energyPrice?: number;
  readonly metersRequired?: boolean;
  readonly offers?: readonly SceneOffer[];
  /** Accounts by principal; every other one has 10,000 Wh and 10 STX. */
  readonly prosumers?: ReadonlyMap<Principal, Partial<ProsumerRecord> | null>;
  readonly metered?: readonly Principal[];
  readonly delegations?: ReadonlyMap<Principal, DelegationRecord>;
}

/** A market written down by hand. */
export function sceneMarket(scene: SceneMarket = {}): TurnMarket {
  const openOffers = (scene.offers ?? [])
    .map((offer): OpenOffer => {
      const { id, seller = neighbour, openUntil = null } = offer;
      const amount = wh(offer.amount);
      const unitPrice = price(offer.price);
      return {
        id: tradeId(id),
        seller,
        amount,
        price: unitPrice,
        cost: costOf(amount, unitPrice),
        openUntil: openUntil === null ? null : height(openUntil),
        lister: offer.lister ?? seller,
      };
    })
    .sort((a, b) => a.price - b.price || a.id - b.id);
  const record = (account: Principal): ProsumerRecord | null => {
    const given = scene.prosumers?.get(account);
    if (given === null) return null;
    return {
      energy: wh(10_000),
      funds: microStx(10_000_000),
      escrowed: wh(0),
      openTrades: openOffers.filter(({ seller }) => seller === account).length,
      meter: scene.metered?.includes(account) ? testPrincipal(300) : null,
      lastReading: 0,
      ...given,
    };
  };
  const { metersRequired = false } = scene;
  const isMetered = (account: Principal): boolean => scene.metered?.includes(account) ?? false;
  return {
    sequence: sequence(7),
    energyPrice: price(scene.energyPrice ?? 100),
    metersRequired,
    offers: new OfferIndex({ openOffers, metersRequired, isMetered }),
    history: new RecentPast().view(),
    listedAt: () => height(990),
    prosumer: record,
    isMetered,
    delegation: (prosumer) => scene.delegations?.get(prosumer) ?? null,
  };
}

/** A delegation that stands in nobody's way. */
export function wideDelegation(changes: Partial<DelegationRecord> = {}): DelegationRecord {
  return {
    grantId: grantId(1),
    spendLeft: microStx(100_000_000),
    energyLeft: wh(1_000_000),
    maxBuyPrice: price(1_000),
    minSellPrice: price(1),
    expiresAt: height(100_000),
    ...changes,
  };
}

/** An account of the operator's own, or, with `operators`, one that has delegated. */
export function sceneAccount(index: number, changes: Partial<TradingAccount> = {}): TradingAccount {
  const principal = accountOf(index);
  return { principal, operators: [principal], strategy: 'test', ...changes };
}

/** A request at height 1,000 with nothing unconfirmed and no bound of lanes. */
export function turnRequest(changes: Partial<TurnRequest> = {}): TurnRequest {
  return {
    turn: 1,
    height: height(1_000),
    nowMs: 1_000_000,
    lastPoll: { atMs: 1_000_000, height: height(1_000) },
    haltState: 'active',
    openIntents: [],
    dayTotals: [],
    lanes: [],
    feePerEntry: microStx(100),
    ...changes,
  };
}

/** An intent of an account that the chain has not told the outcome of. */
export function openIntent(account: Principal, intent: Intent, cost = 0): OpenIntent {
  return {
    id: `earlier-0-${account.slice(-6)}-${intent.kind}`,
    account,
    operator: account,
    strategy: 'test',
    turn: 0,
    height: height(999),
    intent,
    cost: microStx(cost),
  };
}

export const buyOf = (id: number, amount: number, maxPrice: number): Intent => ({
  kind: 'buy',
  tradeId: tradeId(id),
  amount: wh(amount),
  maxPrice: price(maxPrice),
  reason: 'test',
});

export const listOf = (amount: number, unitPrice: number, openUntil = 1_100): Intent => ({
  kind: 'list',
  amount: wh(amount),
  price: price(unitPrice),
  openUntil: height(openUntil),
  reason: 'test',
});

export const cancelOf = (id: number, amount: number): Intent => ({
  kind: 'cancel',
  tradeId: tradeId(id),
  amount: wh(amount),
  reason: 'test',
});
