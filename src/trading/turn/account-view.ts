import type { DelegationRecord, ProsumerRecord } from '../../contract/index.ts';
import { type Height, height, microStx, type Price, type Principal, price, type Wh, wh } from '../../core/index.ts';
import { MAX_OPEN_OFFERS } from '../../market/index.ts';
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

const NO_OFFERS: readonly OwnOfferView[] = Object.freeze([]);

function ownOffers({ seat, operator }: AccountFacts, desk: Desk, tip: Height): readonly OwnOfferView[] {
  const offers = desk.ownOffers(seat.principal);
  if (offers.length === 0) return NO_OFFERS;
  const views: OwnOfferView[] = [];
  // A book that keeps offers in the order of their ids need not have them sorted in every turn.
  let inOrder = true;
  let last = 0;
  for (const { id, amount, price, openUntil, lister } of offers) {
    const listedAt = desk.listedAt(id);
    const expired = openUntil !== null && openUntil <= tip;
    const view: OwnOfferView = {
      tradeId: id,
      amount,
      price,
      openUntil,
      listedAt,
      age: left(tip, listedAt),
      expired,
      cancelling: desk.isCancelling(id),
      cancellable: expired || operator === seat.principal || seat.operators.includes(lister),
    };
    views.push(Object.freeze(view));
    inOrder &&= id >= last;
    last = id;
  }
  return Object.freeze(inOrder ? views : views.sort((a, b) => a.tradeId - b.tradeId));
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
