import { type Height, type MicroStx, type Price, StrategyError } from '../../core/index.ts';
import type { GridPrices, HistoryView, LimitsView, MarketView, OfferView } from '../market-view.ts';
import { type AccountFacts, limitsView, TurnAccount } from './account-view.ts';
import type { Desk } from './desk.ts';
import type { Scene } from './risk-context.ts';

/**
 * What one strategy sees in one turn. Offers are looked up in the book when they are asked for, since most strategies look
 * at few; the book moves on after the turn, so from then on the view shows only what was asked for in it.
 */
export class TurnView implements MarketView {
  readonly turn: number;
  readonly height: Height;
  readonly nowMs: number;
  readonly energyPrice: Price;
  readonly grid: GridPrices;
  readonly history: HistoryView;
  readonly account: TurnAccount;
  readonly feePerEntry: MicroStx;
  readonly limits: LimitsView;
  readonly #strategy: string;
  readonly #attestedOnly: boolean;
  /** Null once the strategy has answered. */
  #desk: Desk | null;
  #offers: readonly OfferView[] | null = null;

  constructor(facts: AccountFacts, { desk, request, market }: Scene) {
    const { energyPrice } = market;
    this.turn = request.turn;
    this.height = request.height;
    this.nowMs = request.nowMs;
    this.energyPrice = energyPrice;
    this.grid = desk.grid;
    this.history = market.history;
    this.account = new TurnAccount(facts, desk, request.height);
    this.feePerEntry = request.feePerEntry;
    this.limits = limitsView(facts, this.account, { energyPrice, request });
    this.#strategy = facts.strategy;
    this.#attestedOnly = facts.seat.limits.attestedSellersOnly;
    this.#desk = desk;
    Object.freeze(this);
  }

  get offers(): readonly OfferView[] {
    this.#offers ??= this.#open().offersFor(this.account.principal, this.#attestedOnly);
    return this.#offers;
  }

  get bestOffer(): OfferView | null {
    return this.#open().bestOfferFor(this.account.principal, this.#attestedOnly);
  }

  offersUpTo(price: number, amount: number = Number.POSITIVE_INFINITY): readonly OfferView[] {
    return this.#open().offersUpTo(price, amount, this.account.principal, this.#attestedOnly);
  }

  #open(): Desk {
    if (this.#desk !== null) return this.#desk;
    throw new StrategyError(`expected offers to be asked for within turn ${this.turn}, was after it`, {
      strategy: this.#strategy,
    });
  }

  /** Ends the looking up: what comes after the turn is none of the strategy's business. */
  static close(view: TurnView): void {
    view.#desk = null;
    TurnAccount.close(view.account);
  }
}

// A strategy that is shown a view can reach what all views share.
Object.freeze(TurnView);
Object.freeze(TurnView.prototype);
