import type { DelegationRecord, ProsumerRecord } from '../../contract/index.ts';
import { type Height, height, microStx, type Price, type Principal, price, type Wh, wh } from '../../core/index.ts';
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

/**
 * An own offer as of a tip. Made anew in every turn, since its age changes, and by a class: V8 may come to place what a
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
    this.expired = openUntil !== null && openUntil <= tip;
    this.cancelling = desk.isCancelling(id);
    this.cancellable = this.expired || operator === seat.principal || seat.operators.includes(lister);
    Object.freeze(this);
  }
}

Object.freeze(OwnOffer.prototype);

const NO_OFFERS: readonly OwnOfferView[] = Object.freeze([]);

function ownOffers(facts: AccountFacts, desk: Desk, tip: Height): readonly OwnOfferView[] {
  const offers = desk.ownOffers(facts.seat.principal);
  if (offers.length === 0) return NO_OFFERS;
  const views = offers.map((offer) => new OwnOffer(offer, facts, desk, tip));
  return Object.freeze(isInOrder(views) ? views : views.sort((a, b) => a.tradeId - b.tradeId));
}

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

/** The account as its strategy sees it. */
export function accountView(facts: AccountFacts, desk: Desk, tip: Height): AccountView {
  const { seat, record, exposure, targetWh } = facts;
  return Object.freeze({
    principal: seat.principal,
    energy: record.energy,
    funds: record.funds,
    escrowed: record.escrowed,
    openOffers: ownOffers(facts, desk, tip),
    targetWh,
    pending: isPending(exposure) ? pendingView(exposure) : NOTHING_PENDING,
    freeEnergy: wh(left(record.energy, exposure.listWh)),
    freeFunds: microStx(left(record.funds, exposure.buyCost + seat.limits.fundsReserve)),
    delegation: delegationView(facts, tip),
    attested: record.meter !== null,
  });
}

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
