import { CorruptionError, type Principal } from '../../src/core/index.ts';
import type { MarketState } from '../../src/market/index.ts';
import type { AccountIndex } from '../data/accounts.ts';
import { NO_GRANT, NO_HEIGHT, NONE } from '../data/event-columns.ts';
import { grown } from './columns.ts';
import { type Exact, exact } from './exact.ts';
import { IdTable } from './id-table.ts';
import { NextEvent } from './next-event.ts';

/** The slot of a trade that is not open. */
export const NO_SLOT = 0;

/**
 * What happened to the book since it was looked at: offers that were listed, and offers that are no longer open. Of the
 * latter the market itself knows nothing any more.
 */
export class BookChanges {
  /** A listed trade's id, or minus the id of one that is no longer open. */
  ids = new Float64Array(64);
  sellers = new Uint32Array(64);
  /** Where it is, or was: another may have taken the slot since. */
  slots = new Uint32Array(64);
  count = 0;

  add(id: number, seller: number, slot: number): void {
    const place = this.count;
    this.count += 1;
    if (this.count > this.ids.length) {
      this.ids = grown(this.ids, this.count);
      this.sellers = grown(this.sellers, this.count);
      this.slots = grown(this.slots, this.count);
    }
    this.ids[place] = id;
    this.sellers[place] = seller;
    this.slots[place] = slot;
  }
}

/**
 * The contract's state as columns that change in place: the fast twin of the complete `MarketState`, proven equal to it by
 * `tests/backtest/columnar-market.property.test.ts`. Prosumers are numbered by `accounts`, grants by the contract's own ids.
 * Of trades the open offers alone are kept, each in a slot that another takes when it is closed: no answer and no later
 * event depends on a closed one. Amounts are within ±(2^53 − 1), so float64 holds them exactly; sums over prosumers are
 * kept as `Exact`.
 */
export class ColumnarMarket {
  readonly accounts: AccountIndex;
  readonly owner: number;
  sequence = 0;
  lastTrade = 0;
  lastGrant = 0;
  energyPrice = 100;
  metersRequired = false;
  prosumerCount = 0;
  gridBalance: Exact = 0;
  totalFunds: Exact = 0;

  /** By account: 1 where registered. */
  registered = new Uint8Array(64);
  energy = new Float64Array(64);
  funds = new Float64Array(64);
  escrowed = new Float64Array(64);
  openTrades = new Uint32Array(64);
  /** The meter's account, or NONE. */
  meter = new Uint32Array(64);
  lastReading = new Float64Array(64);

  /** By trade id: the slot of an open offer. */
  readonly #slots = new IdTable();

  /** The slot of the offer that was closed last: what it holds stays until the next listing. */
  closedSlot = NO_SLOT;

  /** By slot. */
  tradeId = new Uint32Array(64);
  seller = new Uint32Array(64);
  lister = new Uint32Array(64);
  /** The grant that it was listed by, or NO_GRANT. */
  tradeGrant = new Uint32Array(64);
  listedAt = new Uint32Array(64);
  amount = new Float64Array(64);
  price = new Float64Array(64);
  /** The last height at which it can be bought, or NO_HEIGHT. */
  openUntil = new Float64Array(64);
  /** Slots that were used and are free, the one to take next at the end. */
  #freeSlots = new Uint32Array(64);
  #freeCount = 0;
  /** Slots that were ever used; NO_SLOT counts as one. */
  #usedSlots = 1;

  /** By grant id. */
  grantProsumer = new Uint32Array(64);
  grantOperator = new Uint32Array(64);
  spendLeft = new Float64Array(64);
  energyLeft = new Float64Array(64);
  maxBuyPrice = new Float64Array(64);
  minSellPrice = new Float64Array(64);
  expiresAt = new Float64Array(64);
  /** By prosumer and then operator. */
  readonly #grants = new Map<number, Map<number, number>>();
  /** By prosumer: the grant that it gave last, while that is in force, or NO_GRANT. Most have given but one. */
  #lastGiven = new Uint32Array(64).fill(NO_GRANT);

  /** What the last decision would print. */
  readonly next: NextEvent;
  /** Where changes of the book are told. */
  changes: BookChanges | null = null;

  constructor(options: { owner: Principal; accounts: AccountIndex }) {
    this.accounts = options.accounts;
    this.owner = options.accounts.numberOf(options.owner);
    this.next = new NextEvent(options.accounts);
    this.meter.fill(NONE);
    this.reserveAccounts();
  }

  /** Makes room for all accounts. */
  reserveAccounts(): void {
    const rows = this.accounts.size + 1;
    const before = this.meter.length;
    if (rows <= before) return;
    this.registered = grown(this.registered, rows);
    this.energy = grown(this.energy, rows);
    this.funds = grown(this.funds, rows);
    this.escrowed = grown(this.escrowed, rows);
    this.openTrades = grown(this.openTrades, rows);
    this.meter = grown(this.meter, rows).fill(NONE, before);
    this.lastReading = grown(this.lastReading, rows);
    this.#lastGiven = grown(this.#lastGiven, rows).fill(NO_GRANT, before);
  }

  /** The slot of a trade, or NO_SLOT where it is not open. */
  slotOf(trade: number): number {
    return this.#slots.get(trade);
  }

  /** The ids of all open offers, oldest first. */
  openIds(): readonly number[] {
    const ids: number[] = [];
    for (let slot = 1; slot < this.#usedSlots; slot += 1) {
      const id = this.tradeId[slot] as number;
      if (this.slotOf(id) === slot) ids.push(id);
    }
    return ids.sort((a, b) => a - b);
  }

  /** Finds a slot for a trade that is being listed. */
  takeSlot(trade: number): number {
    const slot = this.#freeCount === 0 ? this.#newSlot() : (this.#freeSlots[--this.#freeCount] as number);
    this.#slots.add(trade, slot);
    this.tradeId[slot] = trade;
    return slot;
  }

  /** A trade is no longer open. */
  freeSlot(trade: number, slot: number): void {
    this.#slots.take(trade);
    this.closedSlot = slot;
    this.#freeSlots[this.#freeCount] = slot;
    this.#freeCount += 1;
  }

  #newSlot(): number {
    const slot = this.#usedSlots;
    this.#usedSlots += 1;
    if (slot < this.seller.length) return slot;
    const rows = slot + 1;
    this.tradeId = grown(this.tradeId, rows);
    this.seller = grown(this.seller, rows);
    this.lister = grown(this.lister, rows);
    this.tradeGrant = grown(this.tradeGrant, rows);
    this.listedAt = grown(this.listedAt, rows);
    this.amount = grown(this.amount, rows);
    this.price = grown(this.price, rows);
    this.openUntil = grown(this.openUntil, rows);
    this.#freeSlots = grown(this.#freeSlots, rows);
    return slot;
  }

  /** Makes room for grants up to an id. */
  reserveGrants(last: number): void {
    const rows = last + 1;
    this.grantProsumer = grown(this.grantProsumer, rows);
    this.grantOperator = grown(this.grantOperator, rows);
    this.spendLeft = grown(this.spendLeft, rows);
    this.energyLeft = grown(this.energyLeft, rows);
    this.maxBuyPrice = grown(this.maxBuyPrice, rows);
    this.minSellPrice = grown(this.minSellPrice, rows);
    this.expiresAt = grown(this.expiresAt, rows);
  }

  /** The grant in force of a prosumer to an operator, or NO_GRANT. */
  grantOf(prosumer: number, operator: number): number {
    const last = this.#lastGiven[prosumer] ?? NO_GRANT;
    if (last !== NO_GRANT && this.grantOperator[last] === operator) return last;
    return this.#grants.get(prosumer)?.get(operator) ?? NO_GRANT;
  }

  setGrant(prosumer: number, operator: number, grant: number): void {
    const given = this.#grants.get(prosumer) ?? new Map<number, number>();
    if (grant === NO_GRANT) given.delete(operator);
    else given.set(operator, grant);
    this.#grants.set(prosumer, given);
    this.#lastGiven[prosumer] = grant;
  }

  /** All grants in force. */
  *grants(): Iterable<number> {
    for (const given of this.#grants.values()) yield* given.values();
  }

  isMetered(account: number): boolean {
    return this.meter[account] !== NONE;
  }
}

/**
 * The columns of a plain state.
 *
 * @throws CorruptionError for a partial state: what it leaves out, the rules need.
 */
export function columnarMarket(state: MarketState, accounts: AccountIndex): ColumnarMarket {
  if (!state.complete) throw new CorruptionError('expected a state folded from the first event, was a partial one');
  const market = new ColumnarMarket({ owner: state.owner, accounts });
  for (const [prosumer, record] of state.prosumers) {
    accounts.numberOf(prosumer);
    if (record.meter !== null) accounts.numberOf(record.meter);
  }
  for (const [, trade] of state.trades) for (const who of [trade.buyer, trade.lister]) accounts.numberOf(who);
  for (const [key] of state.delegations) for (const who of key.split(' ')) accounts.numberOf(who as Principal);
  market.reserveAccounts();
  market.reserveGrants(state.lastGrantId);
  market.sequence = state.sequence;
  market.lastTrade = state.lastTradeId;
  market.lastGrant = state.lastGrantId;
  market.energyPrice = state.energyPrice;
  market.metersRequired = state.metersRequired;
  market.prosumerCount = state.prosumerCount;
  market.gridBalance = exact(state.gridBalance);
  market.totalFunds = exact(state.totalFunds);
  for (const [prosumer, record] of state.prosumers) {
    const account = accounts.numberOf(prosumer);
    market.registered[account] = 1;
    market.energy[account] = record.energy;
    market.funds[account] = record.funds;
    market.escrowed[account] = record.escrowed;
    market.openTrades[account] = record.openTrades;
    market.meter[account] = record.meter === null ? NONE : accounts.numberOf(record.meter);
    market.lastReading[account] = record.lastReading;
  }
  for (const [id, trade] of state.trades) {
    if (trade.status !== 'open') continue;
    const slot = market.takeSlot(id);
    market.seller[slot] = accounts.numberOf(trade.seller);
    market.lister[slot] = accounts.numberOf(trade.lister);
    market.tradeGrant[slot] = trade.grantId ?? NO_GRANT;
    market.amount[slot] = trade.amount;
    market.price[slot] = trade.price;
    market.openUntil[slot] = trade.openUntil ?? NO_HEIGHT;
  }
  for (const [key, grant] of state.delegations) {
    const [prosumer, operator] = key.split(' ').map((who) => accounts.numberOf(who as Principal)) as [number, number];
    market.setGrant(prosumer, operator, grant.grantId);
    market.grantProsumer[grant.grantId] = prosumer;
    market.grantOperator[grant.grantId] = operator;
    market.spendLeft[grant.grantId] = grant.spendLeft;
    market.energyLeft[grant.grantId] = grant.energyLeft;
    market.maxBuyPrice[grant.grantId] = grant.maxBuyPrice;
    market.minSellPrice[grant.grantId] = grant.minSellPrice;
    market.expiresAt[grant.grantId] = grant.expiresAt;
  }
  return market;
}
