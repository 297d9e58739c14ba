import { groupBy, type Height, height, type MicroStx, type Principal, type TradeId } from '../../core/index.ts';
import type { OpenOffer } from '../../market/index.ts';
import type { OpenIntent } from '../intent.ts';
import type { GridPrices, OfferView } from '../market-view.ts';
import type { Book } from './book.ts';
import type { RunTurnDeps } from './deps.ts';
import { gridPrices } from './grid-prices.ts';
import type { DayTotal, TurnRequest } from './request.ts';

const NOBODY: ReadonlySet<Principal> = new Set();
const NO_OFFERS: readonly OfferView[] = Object.freeze([]);
const NO_INTENTS: readonly OpenIntent[] = [];
const NOTHING: ReadonlyMap<Principal, readonly OpenIntent[]> = new Map();

/** The room left in an operator's lane during a turn. */
export interface Lane {
  readonly operator: Principal;
  readonly unconfirmed: number;
  entriesLeft: number;
  balance: MicroStx;
}

/**
 * What all accounts of one turn share: put together once, so that a turn of a thousand accounts over a long book stays
 * short. It also holds what is taken as the turn goes on.
 */
export class Desk {
  readonly grid: GridPrices;
  readonly #deps: RunTurnDeps;
  readonly #request: TurnRequest;
  readonly #openByAccount: ReadonlyMap<Principal, readonly OpenIntent[]>;
  readonly #lanes: Lane[];
  /** What unconfirmed intents and those of this turn claim; null while there is nothing. */
  #bought: Set<TradeId> | null = null;
  #cancelled: Set<TradeId> | null = null;
  /** What accounts may take in this turn, claimed or not. */
  #takeable: Book | null = null;
  /** As many of it from the first on are claimed. */
  #claimedFirst = 0;
  /** The part of it that nobody has claimed, and the metered part of that; put together anew after a claim. */
  #free: readonly OfferView[] | null = null;
  #freeAttested: readonly OfferView[] | null = null;

  constructor(deps: RunTurnDeps, request: TurnRequest) {
    const { market } = deps;
    this.#deps = deps;
    this.#request = request;
    this.grid = gridPrices(request.grid, market.energyPrice);
    for (const { intent } of request.openIntents) this.#claim(intent);
    const { openIntents, lanes } = request;
    this.#openByAccount = openIntents.length === 0 ? NOTHING : groupBy(openIntents, ({ account }) => account);
    this.#lanes = lanes.map(({ operator, unconfirmed, entriesLeft, balance }) => ({
      operator,
      unconfirmed,
      entriesLeft,
      balance,
    }));
  }

  /** Offers of anyone that could be bought in the next block. */
  get buyable(): Book {
    return this.#buyableWithout(NOBODY);
  }

  #buyableWithout(sellers: ReadonlySet<Principal>): Book {
    return this.#deps.market.offers.buyable(height(this.#request.height + 1), sellers);
  }

  offer(id: TradeId): OpenOffer | undefined {
    return this.#deps.market.offers.offer(id);
  }

  isClaimed(id: TradeId): boolean {
    return this.#bought?.has(id) === true || this.isCancelling(id);
  }

  isCancelling(id: TradeId): boolean {
    return this.#cancelled?.has(id) === true;
  }

  mayBuyFrom(buyer: Principal, seller: Principal): boolean {
    const { engine } = this.#deps;
    return seller !== buyer && (engine.allowOwnTrades || !engine.principals.has(seller));
  }

  /** The offers that `buyer` may take now. */
  offersFor(buyer: Principal, attestedOnly: boolean): readonly OfferView[] {
    const offers = attestedOnly ? this.#attestedOffers() : this.#freeOffers();
    // Only where accounts may buy from each other do their views differ.
    if (!this.#deps.engine.allowOwnTrades || this.ownOffers(buyer).length === 0) return offers;
    return Object.freeze(offers.filter(({ seller }) => seller !== buyer));
  }

  /** The first of them. */
  bestOfferFor(buyer: Principal, attestedOnly: boolean): OfferView | null {
    const book = this.#takeableBook();
    // A claim is for the rest of the turn, and it is the cheapest that are claimed first.
    while (this.#claimedFirst < book.length && this.isClaimed(book.at(this.#claimedFirst).tradeId)) {
      this.#claimedFirst += 1;
    }
    for (let place = this.#claimedFirst; place < book.length; place += 1) {
      const offer = book.at(place);
      if (this.#mayTake(buyer, offer, attestedOnly)) return offer;
    }
    return null;
  }

  /** Those of them that ask at most `price` for at most `amount` Wh. */
  offersUpTo(price: number, amount: number, buyer: Principal, attestedOnly: boolean): readonly OfferView[] {
    const offers = this.#takeableBook().upTo(price, amount);
    if (offers.length === 0) return NO_OFFERS;
    return Object.freeze(offers.filter((offer) => this.#mayTake(buyer, offer, attestedOnly)));
  }

  #mayTake(buyer: Principal, { tradeId, seller, attested }: OfferView, attestedOnly: boolean): boolean {
    return (attested || !attestedOnly) && seller !== buyer && !this.isClaimed(tradeId);
  }

  #takeableBook(): Book {
    const { engine } = this.#deps;
    this.#takeable ??= this.#buyableWithout(engine.allowOwnTrades ? NOBODY : engine.principals);
    return this.#takeable;
  }

  #freeOffers(): readonly OfferView[] {
    const all = this.#takeableBook().all();
    this.#free ??=
      this.#bought === null && this.#cancelled === null
        ? all
        : Object.freeze(all.filter(({ tradeId }) => !this.isClaimed(tradeId)));
    return this.#free;
  }

  #attestedOffers(): readonly OfferView[] {
    this.#freeAttested ??= Object.freeze(this.#freeOffers().filter(({ attested }) => attested));
    return this.#freeAttested;
  }

  /** The open offers of an account of ours. */
  ownOffers(seller: Principal): readonly OpenOffer[] {
    return this.#deps.market.offers.of(seller);
  }

  openIntents(account: Principal): readonly OpenIntent[] {
    return this.#openByAccount.get(account) ?? NO_INTENTS;
  }

  /** @param place of the account's seat, where its total mostly is. */
  day(account: Principal, place: number): DayTotal | undefined {
    const { dayTotals } = this.#request;
    const there = dayTotals[place];
    return there?.account === account ? there : dayTotals.find((total) => total.account === account);
  }

  // Operators are few: searching them is quicker than a map that every turn would make.
  lane(operator: Principal): Lane {
    for (const lane of this.#lanes) if (lane.operator === operator) return lane;
    const lane: Lane = {
      operator,
      unconfirmed: 0,
      entriesLeft: Number.MAX_SAFE_INTEGER,
      balance: Number.MAX_SAFE_INTEGER as MicroStx,
    };
    this.#lanes.push(lane);
    return lane;
  }

  /** Takes what an allowed intent takes, from every account after it. */
  take(intent: OpenIntent['intent'], operator: Principal): void {
    const lane = this.lane(operator);
    lane.entriesLeft -= 1;
    lane.balance = (lane.balance - this.#request.feePerEntry) as MicroStx;
    this.#claim(intent);
    if (intent.kind === 'list') return;
    this.#free = null;
    this.#freeAttested = null;
  }

  #claim(intent: OpenIntent['intent']): void {
    if (intent.kind === 'buy') {
      this.#bought ??= new Set();
      this.#bought.add(intent.tradeId);
    } else if (intent.kind === 'cancel') {
      this.#cancelled ??= new Set();
      this.#cancelled.add(intent.tradeId);
    }
  }

  /** Where an own offer's age is counted from. */
  listedAt(id: TradeId): Height {
    return this.#deps.market.listedAt(id) ?? this.#request.height;
  }
}
