import type { DelegationRecord, ProsumerRecord } from '../../contract/index.ts';
import {
  type Height,
  height,
  type MicroStx,
  microStx,
  type Price,
  type Principal,
  price,
  StrategyError,
  type Wh,
  wh,
} from '../../core/index.ts';
import { MAX_OPEN_OFFERS, type OpenOffer } from '../../market/index.ts';
import type { AccountView, DelegationView, LimitsView, OwnOfferView, PendingView } from '../market-view.ts';
import { priceBand } from '../risk/index.ts';
import type { Desk, Lane } from './desk.ts';
import type { Seat } from './engine.ts';
import type { AccountExposure } from './exposure.ts';
import type { TurnRequest } from './request.ts';

/** What is known of one account as its strategy is asked. */
export interface AccountFacts {
  readonly seat: Seat;
  /** The reference of the strategy that is asked. */
  readonly strategy: string;
  /** Whose lane carries its buys and listings in this turn. */
  readonly operator: Principal;
  readonly record: ProsumerRecord;
  readonly delegation: DelegationRecord | null;
  readonly exposure: AccountExposure;
  readonly targetWh: Wh;
  readonly lane: Lane;
}

const left = (limit: number, used: number): number => Math.max(limit - used, 0);

function delegationView({ seat, operator, delegation, exposure }: AccountFacts, tip: Height): DelegationView | null {
  if (operator === seat.principal) return null;
  if (delegation === null || delegation.expiresAt <= tip) {
    return Object.freeze({
      live: false,
      grantId: delegation?.grantId ?? null,
      spendLeft: microStx(0),
      energyLeft: wh(0),
      maxBuyPrice: price(0),
      minSellPrice: price(Number.MAX_SAFE_INTEGER),
      expiresAt: delegation?.expiresAt ?? height(0),
    });
  }
  return Object.freeze({
    live: true,
    grantId: delegation.grantId,
    spendLeft: microStx(left(delegation.spendLeft, exposure.buyCost)),
    energyLeft: wh(left(delegation.energyLeft, exposure.listWh)),
    maxBuyPrice: delegation.maxBuyPrice,
    minSellPrice: delegation.minSellPrice,
    expiresAt: delegation.expiresAt,
  });
}

/** Whether nobody can buy it any more. */
const isExpired = ({ openUntil }: OpenOffer, tip: Height): boolean => openUntil !== null && openUntil <= tip;

/**
 * An own offer as of a tip. Made by a class: V8 may come to place what a
 * literal makes among its long-lived objects, where making it takes ten times as long.
 */
class OwnOffer implements OwnOfferView {
  readonly tradeId: OwnOfferView['tradeId'];
  readonly amount: Wh;
  readonly price: Price;
  readonly openUntil: Height | null;
  readonly listedAt: Height;
  readonly age: number;
  readonly expired: boolean;
  readonly cancelling: boolean;
  readonly cancellable: boolean;

  constructor(offer: OpenOffer, { seat, operator }: AccountFacts, desk: Desk, tip: Height) {
    const { id, amount, price, openUntil, lister } = offer;
    this.tradeId = id;
    this.amount = amount;
    this.price = price;
    this.openUntil = openUntil;
    this.listedAt = desk.listedAt(id);
    this.age = left(tip, this.listedAt);
    this.expired = isExpired(offer, tip);
    this.cancelling = desk.isCancelling(id);
    this.cancellable = this.expired || operator === seat.principal || seat.operators.includes(lister);
    Object.freeze(this);
  }
}

Object.freeze(OwnOffer.prototype);

const NO_OFFERS: readonly OwnOfferView[] = Object.freeze([]);

const inOrder = (views: OwnOffer[]): readonly OwnOfferView[] =>
  Object.freeze(isInOrder(views) ? views : views.sort((a, b) => a.tradeId - b.tradeId));

/** A book that keeps offers in the order of their ids need not have them sorted in every turn. */
function isInOrder(views: readonly OwnOfferView[]): boolean {
  let last = 0;
  for (const { tradeId } of views) {
    if (tradeId < last) return false;
    last = tradeId;
  }
  return true;
}

const NOTHING_PENDING = pendingView({ buyWh: wh(0), buyCost: microStx(0), listWh: wh(0), lists: 0, cancelWh: wh(0) });

function pendingView({ buyWh, buyCost, listWh, lists, cancelWh }: PendingView): PendingView {
  return Object.freeze({ buyWh, buyCost, listWh, lists, cancelWh });
}

const isPending = ({ buyWh, lists, cancelWh }: PendingView): boolean => buyWh > 0 || lists > 0 || cancelWh > 0;

/**
 * The account as its strategy sees it. Its offers become views when they are asked for: each has an age, so that none of the
 * turn before would do, and most strategies look for the few that no longer fit.
 */
export class TurnAccount implements AccountView {
  readonly principal: Principal;
  readonly energy: Wh;
  readonly funds: MicroStx;
  readonly escrowed: Wh;
  readonly openOfferCount: number;
  readonly targetWh: Wh;
  readonly pending: PendingView;
  readonly freeEnergy: Wh;
  readonly freeFunds: MicroStx;
  readonly delegation: DelegationView | null;
  readonly attested: boolean;
  readonly #facts: AccountFacts;
  readonly #tip: Height;
  readonly #offers: readonly OpenOffer[];
  /** Null once the strategy has answered. */
  #desk: Desk | null;
  #views: readonly OwnOfferView[] | null = null;

  constructor(facts: AccountFacts, desk: Desk, tip: Height) {
    const { seat, record, exposure, targetWh } = facts;
    this.#facts = facts;
    this.#tip = tip;
    this.#offers = desk.ownOffers(seat.principal);
    this.#desk = desk;
    this.principal = seat.principal;
    this.energy = record.energy;
    this.funds = record.funds;
    this.escrowed = record.escrowed;
    this.openOfferCount = this.#offers.length;
    this.targetWh = targetWh;
    this.pending = isPending(exposure) ? pendingView(exposure) : NOTHING_PENDING;
    this.freeEnergy = left(record.energy, exposure.listWh) as Wh;
    this.freeFunds = left(record.funds, exposure.buyCost + seat.limits.fundsReserve) as MicroStx;
    this.delegation = delegationView(facts, tip);
    this.attested = record.meter !== null;
    Object.freeze(this);
  }

  get openOffers(): readonly OwnOfferView[] {
    this.#views ??= this.offersOutside(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    return this.#views;
  }

  offersOutside(lowest: number, highest: number): readonly OwnOfferView[] {
    const desk = this.#open();
    let views: OwnOffer[] | null = null;
    for (const offer of this.#offers) {
      if (offer.price >= lowest && offer.price <= highest && !isExpired(offer, this.#tip)) continue;
      views ??= [];
      views.push(new OwnOffer(offer, this.#facts, desk, this.#tip));
    }
    return views === null ? NO_OFFERS : inOrder(views);
  }

  #open(): Desk {
    if (this.#desk !== null) return this.#desk;
    throw new StrategyError(
      `expected own offers to be asked for within the turn at height ${this.#tip}, was after it`,
      {
        strategy: this.#facts.strategy,
      },
    );
  }

  /** Ends the looking up, as `TurnView.close` does. */
  static close(account: TurnAccount): void {
    account.#desk = null;
  }
}

// A strategy that is shown a view can reach what all views share.
Object.freeze(TurnAccount);
Object.freeze(TurnAccount.prototype);

/** What risk will still allow, so that a strategy need not ask for more. */
export function limitsView(
  facts: AccountFacts,
  view: AccountView,
  { energyPrice, request }: { readonly energyPrice: Price; readonly request: TurnRequest },
): LimitsView {
  const { seat, record, exposure, lane } = facts;
  const { limits } = seat;
  const { delegation } = view;
  const band = priceBand(energyPrice, limits.priceBandPercent);
  const energyLeft = left(limits.energyPerTurn, exposure.turnWh);
  const fee = Math.max(request.feePerEntry, 1);
  return Object.freeze({
    spendLeft: microStx(
      Math.min(
        left(limits.spendPerTurn, exposure.turnCost),
        left(limits.spendPerDay, exposure.dayCost),
        view.freeFunds,
        delegation?.spendLeft ?? Number.MAX_SAFE_INTEGER,
      ),
    ),
    energyLeft: wh(energyLeft),
    listLeft: wh(Math.min(energyLeft, view.freeEnergy, delegation?.energyLeft ?? Number.MAX_SAFE_INTEGER)),
    offersLeft: left(Math.min(limits.openOffers, MAX_OPEN_OFFERS), record.openTrades + exposure.lists),
    intentsLeft: Math.min(
      left(limits.intentsPerTurn, exposure.turnIntents),
      lane.entriesLeft,
      Math.floor(left(limits.feesPerDay, exposure.dayFees) / fee),
      Math.floor(left(lane.balance, limits.feeReserve) / fee),
    ),
    highestBuyPrice: price(Math.min(band.highest, delegation?.maxBuyPrice ?? Number.MAX_SAFE_INTEGER)),
    lowestListPrice: price(Math.max(band.lowest, delegation?.minSellPrice ?? 0)),
    highestListPrice: band.highest,
  });
}
