import { groupBy, type Height, type MicroStx, type Principal, type TradeId } from '../../core/index.ts';
import type { OpenOffer } from '../../market/index.ts';
import type { OpenIntent } from '../intent.ts';
import type { GridPrices, OfferView } from '../market-view.ts';
import type { RunTurnDeps } from './deps.ts';
import { gridPrices } from './grid-prices.ts';
import type { DayTotal, TurnRequest } from './request.ts';

/** The room left in an operator's lane during a turn. */
export interface Lane {
  readonly unconfirmed: number;
  entriesLeft: number;
  balance: MicroStx;
}

/**
 * What all accounts of one turn share: built once, so that a turn of a thousand accounts over a long book stays short.
 * It also holds what is taken as the turn goes on.
 */
export class Desk {
  readonly grid: GridPrices;
  /** Offers of anyone that could be bought in the next block. */
  readonly buyable: readonly OfferView[];
  readonly #deps: RunTurnDeps;
  readonly #request: TurnRequest;
  readonly #offersById: ReadonlyMap<TradeId, OpenOffer>;
  /** Of our accounts alone. */
  readonly #offersBySeller: ReadonlyMap<Principal, readonly OpenOffer[]>;
  readonly #openByAccount: ReadonlyMap<Principal, readonly OpenIntent[]>;
  readonly #days: ReadonlyMap<Principal, DayTotal>;
  readonly #lanes: Map<Principal, Lane>;
  readonly #bought = new Set<TradeId>();
  readonly #cancelled = new Set<TradeId>();
  /** What can be taken and nobody took yet, and the metered part of it; rebuilt after a claim. */
  #free: { readonly all: readonly OfferView[]; readonly attested: readonly OfferView[] } | null = null;

  constructor(deps: RunTurnDeps, request: TurnRequest) {
    const { engine, market } = deps;
    this.#deps = deps;
    this.#request = request;
    this.grid = gridPrices(request.grid, market.energyPrice);
    this.#offersById = new Map(market.openOffers.map((offer) => [offer.id, offer]));
    const own = market.openOffers.filter(({ seller }) => engine.principals.has(seller));
    this.#offersBySeller = groupBy(own, ({ seller }) => seller);
    for (const { intent } of request.openIntents) this.#claim(intent);
    this.#openByAccount = groupBy(request.openIntents, ({ account }) => account);
    this.#days = new Map(request.dayTotals.map((day) => [day.account, day]));
    this.#lanes = new Map(
      request.lanes.map(({ operator, unconfirmed, entriesLeft, balance }) => [
        operator,
        { unconfirmed, entriesLeft, balance },
      ]),
    );
    this.buyable = this.#buyable();
  }

  #buyable(): readonly OfferView[] {
    const { market } = this.#deps;
    const executesAt = this.#request.height + 1;
    const views: OfferView[] = [];
    for (const { id, seller, amount, price, cost, openUntil } of market.openOffers) {
      if (openUntil !== null && openUntil < executesAt) continue;
      const attested = market.isMetered(seller);
      if (market.metersRequired && !attested) continue;
      views.push(Object.freeze({ tradeId: id, seller, amount, price, cost, openUntil, attested }));
    }
    return Object.freeze(views);
  }

  offer(id: TradeId): OpenOffer | undefined {
    return this.#offersById.get(id);
  }

  isClaimed(id: TradeId): boolean {
    return this.#bought.has(id) || this.#cancelled.has(id);
  }

  isCancelling(id: TradeId): boolean {
    return this.#cancelled.has(id);
  }

  mayBuyFrom(buyer: Principal, seller: Principal): boolean {
    const { engine } = this.#deps;
    return seller !== buyer && (engine.allowOwnTrades || !engine.principals.has(seller));
  }

  /** The offers that `buyer` may take now. */
  offersFor(buyer: Principal, attestedOnly: boolean): readonly OfferView[] {
    this.#free ??= this.#freeOffers();
    const offers = attestedOnly ? this.#free.attested : this.#free.all;
    // Only where accounts may buy from each other do their views differ.
    if (!this.#deps.engine.allowOwnTrades || !this.#offersBySeller.has(buyer)) return offers;
    return Object.freeze(offers.filter(({ seller }) => seller !== buyer));
  }

  #freeOffers(): { readonly all: readonly OfferView[]; readonly attested: readonly OfferView[] } {
    const { engine } = this.#deps;
    const all = this.buyable.filter(
      ({ tradeId, seller }) => !this.isClaimed(tradeId) && (engine.allowOwnTrades || !engine.principals.has(seller)),
    );
    return { all: Object.freeze(all), attested: Object.freeze(all.filter(({ attested }) => attested)) };
  }

  ownOffers(seller: Principal): readonly OpenOffer[] {
    return this.#offersBySeller.get(seller) ?? [];
  }

  openIntents(account: Principal): readonly OpenIntent[] {
    return this.#openByAccount.get(account) ?? [];
  }

  day(account: Principal): DayTotal | undefined {
    return this.#days.get(account);
  }

  lane(operator: Principal): Lane {
    const known = this.#lanes.get(operator);
    if (known !== undefined) return known;
    const lane: Lane = {
      unconfirmed: 0,
      entriesLeft: Number.MAX_SAFE_INTEGER,
      balance: Number.MAX_SAFE_INTEGER as MicroStx,
    };
    this.#lanes.set(operator, lane);
    return lane;
  }

  /** Takes what an allowed intent takes, from every account after it. */
  take(intent: OpenIntent['intent'], operator: Principal): void {
    const lane = this.lane(operator);
    lane.entriesLeft -= 1;
    lane.balance = (lane.balance - this.#request.feePerEntry) as MicroStx;
    this.#claim(intent);
    if (intent.kind !== 'list') this.#free = null;
  }

  #claim(intent: OpenIntent['intent']): void {
    if (intent.kind === 'buy') this.#bought.add(intent.tradeId);
    if (intent.kind === 'cancel') this.#cancelled.add(intent.tradeId);
  }

  /** Where an own offer's age is counted from. */
  listedAt(id: TradeId): Height {
    return this.#deps.market.listedAt(id) ?? this.#request.height;
  }
}
