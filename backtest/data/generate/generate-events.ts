import { ConfigError, type Random } from '../../../src/core/index.ts';
import { MAX_OPEN_OFFERS } from '../../../src/market/index.ts';
import { NO_GRANT, NO_HEIGHT } from '../event-columns.ts';
import type { EventRowsBuffer } from './event-rows-buffer.ts';
import { type GeneratedGrant, GeneratedMarket, type GeneratedOffer, isExpired } from './generated-market.ts';

export interface GenerateParameters {
  readonly events: number;
  /** Prosumers. */
  readonly accounts: number;
  /** Once that many are open, never fewer are. */
  readonly openOffers: number;
  /** The most that a block holds; a block holds one at least. */
  readonly eventsPerBlock: number;
}

/** @throws ConfigError for what no market can be made of. */
export function checkParameters(parameters: GenerateParameters): void {
  const { events, accounts, openOffers, eventsPerBlock } = parameters;
  for (const [name, value] of Object.entries(parameters)) {
    if (!Number.isSafeInteger(value) || value < 1) throw new ConfigError(`expected ${name} of 1 or more, was ${value}`);
  }
  if (accounts < 2) throw new ConfigError(`expected 2 accounts or more, was ${accounts}`);
  if (openOffers > accounts * 50) {
    throw new ConfigError(`expected at most 50 open offers an account, was ${openOffers} of ${accounts} accounts`);
  }
  if (eventsPerBlock > 10_000) throw new ConfigError(`expected at most 10000 events a block, was ${eventsPerBlock}`);
  const opening = openingEvents(parameters);
  if (events < opening) {
    throw new ConfigError(`expected at least ${opening} events to set up such a market, was ${events}`);
  }
}

/** An upper bound of the events before the market has its open offers. */
const openingEvents = ({ accounts, openOffers }: GenerateParameters): number => 2 + 5 * accounts + 2 * openOffers;

/** Numbers of the accounts in the recording: the prosumers, then a meter for each, then the operators. */
export const OPERATORS = 4;
export const accountCount = (prosumers: number): number => 2 * prosumers + OPERATORS;

const FIRST_HEIGHT = 1;
const ENERGY = { opening: 50_000, refill: 40_000, most: 200_000 };
const FUNDS = { opening: 20_000_000, refill: 20_000_000, most: 200_000_000 };
const GRANT = { spend: 50_000_000, energy: 100_000 };
const LOT = { least: 100, most: 5_000 };
const PRICE = { least: 50, most: 200 };
/** More open offers than this per cent of what is asked for are bought down first. */
const CROWDED_PERCENT = 150;

/**
 * A made-up neighbourhood: the energy price wanders, prosumers list around it, some through operators, and buy the cheapest
 * of the few offers they look at; meters report, grants run out and are renewed.
 */
export class EventGenerator {
  readonly #random: Random;
  readonly #rows: EventRowsBuffer;
  readonly #market: GeneratedMarket;
  readonly #parameters: GenerateParameters;
  readonly #opening: Iterator<void>;
  #opened = false;
  #height = FIRST_HEIGHT - 1;
  #leftInBlock = 0;

  constructor(deps: { readonly random: Random; readonly rows: EventRowsBuffer }, parameters: GenerateParameters) {
    checkParameters(parameters);
    this.#random = deps.random;
    this.#rows = deps.rows;
    this.#parameters = parameters;
    this.#market = new GeneratedMarket(deps.rows, parameters.accounts);
    this.#opening = this.#open();
  }

  /** Whether the next event begins a block. */
  get atBlockEnd(): boolean {
    return this.#leftInBlock === 0;
  }

  /** Writes one more event. */
  next(): void {
    if (this.#leftInBlock === 0) {
      this.#height += 1;
      this.#leftInBlock = this.#random.integer(1, this.#parameters.eventsPerBlock);
      this.#rows.beginBlock(this.#height);
    }
    this.#leftInBlock -= 1;
    if (!this.#opened && this.#opening.next().done !== true) return;
    this.#opened = true;
    this.#trade();
  }

  /** One event at each step: everybody registers and has something to trade with, then offers are listed. */
  *#open(): Generator<void> {
    const { accounts, openOffers } = this.#parameters;
    const market = this.#market;
    market.setEnergyPrice(100);
    yield;
    market.requireMeters(false);
    yield;
    for (let account = 0; account < accounts; account += 1) {
      market.register(account);
      yield;
      market.changeFunds(account, FUNDS.opening);
      yield;
      market.changeEnergy(account, ENERGY.opening);
      yield;
      if (account % 2 === 0) {
        market.assignMeter(account, this.#meterOf(account));
        yield;
      }
      if (account % 3 === 0) {
        this.#delegate(account);
        yield;
      }
    }
    while (market.offers.length < openOffers) {
      this.#list();
      yield;
    }
  }

  #trade(): void {
    const { openOffers } = this.#parameters;
    const { length: open } = this.#market.offers;
    const chance = this.#random.integer(0, 999);
    const crowded = open * 100 >= openOffers * CROWDED_PERCENT;
    if (chance >= 930) this.#live(chance);
    else if (open <= openOffers || (chance >= 50 && chance < 470 && !crowded)) this.#list();
    else if (chance < 50) this.#cancel(this.#random.integer(0, open - 1));
    else this.#buy();
  }

  /** What happens besides trading. */
  #live(chance: number): void {
    const account = this.#anyone();
    if (chance < 935) this.#movePrice();
    else if (chance < 955 && account % 2 === 0) this.#read(account);
    else if (chance < 975) this.#balanceEnergy(account);
    else if (chance < 990) this.#balanceFunds(account);
    else if (account % 3 !== 0) this.#market.assignMeter(account, this.#meterOf(account));
    else if (chance < 995 || this.#grantOf(account).grant === NO_GRANT) this.#delegate(account);
    else this.#market.revoke(account, this.#operatorOf(account));
  }

  #movePrice(): void {
    const moved = this.#market.energyPrice + this.#random.integer(-5, 5);
    this.#market.setEnergyPrice(Math.min(PRICE.most, Math.max(PRICE.least, moved)));
  }

  #read(account: number): void {
    const produced = this.#random.integer(0, 4_000);
    this.#market.recordReading(account, this.#meterOf(account), { produced, consumed: this.#random.integer(0, 3_000) });
  }

  #balanceEnergy(account: number): void {
    const surplus = (this.#market.energy[account] as number) > ENERGY.opening;
    const amount = this.#random.integer(1, ENERGY.opening);
    this.#market.changeEnergy(account, surplus ? -amount : amount);
  }

  #balanceFunds(account: number): void {
    const rich = (this.#market.funds[account] as number) > FUNDS.opening;
    const amount = this.#random.integer(1, FUNDS.opening);
    this.#market.changeFunds(account, rich ? -amount : amount);
  }

  /** Lists an offer of somebody, or brings about what was missing for it. */
  #list(): void {
    const market = this.#market;
    const seller = this.#anyone();
    const amount = this.#random.integer(LOT.least, LOT.most);
    const grant = this.#grantOf(seller);
    const delegated = grant.grant !== NO_GRANT && this.#random.integer(0, 1) === 1;
    if ((market.energy[seller] as number) < amount) market.changeEnergy(seller, ENERGY.refill);
    else if ((market.openTrades[seller] as number) >= MAX_OPEN_OFFERS) this.#balanceFunds(seller);
    else if (delegated && grant.energyLeft < amount) this.#delegate(seller);
    else market.list(seller, delegated ? this.#operatorOf(seller) : seller, this.#terms(amount, delegated));
  }

  #terms(amount: number, delegated: boolean): Pick<GeneratedOffer, 'amount' | 'price' | 'until'> {
    // Rounded down to whole µSTX per Wh.
    const price = Math.floor((this.#market.energyPrice * this.#random.integer(70, 130)) / 100);
    return { amount, price, until: delegated ? this.#height + this.#random.integer(50, 2_000) : NO_HEIGHT };
  }

  /** Takes an offer back: an expired one by anybody. */
  #cancel(index: number): void {
    const offer = this.#market.offers[index] as GeneratedOffer;
    const callers = [offer.seller, offer.lister, isExpired(offer, this.#height) ? this.#anyone() : offer.seller];
    this.#market.cancel(index, callers[this.#random.integer(0, 2)] as number);
  }

  /** Buys the cheapest of three offers, or brings about what was missing for it. */
  #buy(): void {
    const market = this.#market;
    const buyer = this.#anyone();
    const index = this.#cheapestOfThree();
    const offer = market.offers[index] as GeneratedOffer;
    const { seller } = offer;
    const cost = offer.amount * offer.price;
    const grant = this.#grantOf(buyer);
    const delegated = grant.grant !== NO_GRANT && this.#random.integer(0, 1) === 1;
    if (seller === buyer || isExpired(offer, this.#height)) this.#cancel(index);
    else if ((market.funds[buyer] as number) < cost) market.changeFunds(buyer, FUNDS.refill);
    else if ((market.energy[buyer] as number) > ENERGY.most) market.changeEnergy(buyer, -ENERGY.refill);
    else if ((market.funds[seller] as number) > FUNDS.most) market.changeFunds(seller, -FUNDS.refill);
    else if (delegated && grant.spendLeft < cost) this.#delegate(buyer);
    else market.buy(index, buyer, delegated ? this.#operatorOf(buyer) : buyer);
  }

  #cheapestOfThree(): number {
    const { offers } = this.#market;
    let best = this.#random.integer(0, offers.length - 1);
    for (let look = 0; look < 2; look += 1) {
      const other = this.#random.integer(0, offers.length - 1);
      if ((offers[other] as GeneratedOffer).price < (offers[best] as GeneratedOffer).price) best = other;
    }
    return best;
  }

  #delegate(account: number): void {
    this.#market.delegate(account, this.#operatorOf(account), GRANT);
  }

  #anyone(): number {
    return this.#random.integer(0, this.#parameters.accounts - 1);
  }

  #grantOf(account: number): GeneratedGrant {
    return this.#market.grants[account] as GeneratedGrant;
  }

  #meterOf(account: number): number {
    return this.#parameters.accounts + account;
  }

  #operatorOf(account: number): number {
    return 2 * this.#parameters.accounts + (account % OPERATORS);
  }
}
