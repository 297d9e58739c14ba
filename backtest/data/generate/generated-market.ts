import { EventKind, NO_GRANT, NO_HEIGHT } from '../event-columns.ts';
import type { EventRowsBuffer } from './event-rows-buffer.ts';

/** An open offer. */
export interface GeneratedOffer {
  readonly id: number;
  readonly seller: number;
  readonly lister: number;
  /** The grant that it was listed by, or NO_GRANT. */
  readonly grant: number;
  readonly amount: number;
  readonly price: number;
  /** The last height at which it can be bought, or NO_HEIGHT. */
  readonly until: number;
}

/** What an operator may still do for a prosumer; nothing with NO_GRANT. */
export interface GeneratedGrant {
  grant: number;
  spendLeft: number;
  energyLeft: number;
}

/** The price limits of every grant: wider than any price that is generated. */
const GRANT_PRICES = { maxBuy: 100_000, minSell: 1 };
/** And its expiry height: no recording comes so far. */
const GRANT_EXPIRY = 2 ** 32;

/**
 * A market that writes its own events. It follows the contract's rules as far as its callers keep to what each method
 * asks for, and keeps nothing of an offer that is closed, so that a long recording takes no more memory than a short one.
 */
export class GeneratedMarket {
  readonly energy: Float64Array;
  readonly funds: Float64Array;
  readonly openTrades: Uint32Array;
  readonly lastReading: Uint32Array;
  readonly grants: readonly GeneratedGrant[];
  /** In no order. */
  readonly offers: GeneratedOffer[] = [];
  energyPrice = 100;
  readonly #rows: EventRowsBuffer;
  #lastTrade = 0;
  #lastGrant = 0;

  constructor(rows: EventRowsBuffer, accounts: number) {
    this.#rows = rows;
    this.energy = new Float64Array(accounts);
    this.funds = new Float64Array(accounts);
    this.openTrades = new Uint32Array(accounts);
    this.lastReading = new Uint32Array(accounts);
    this.grants = Array.from({ length: accounts }, () => ({ grant: NO_GRANT, spendLeft: 0, energyLeft: 0 }));
  }

  register(account: number): void {
    this.#rows.add(EventKind.prosumerRegistered, account);
  }

  /** Adds energy, or consumes what the account has where `change` is negative. */
  changeEnergy(account: number, change: number): void {
    const { columns } = this.#rows;
    const row = this.#rows.add(change > 0 ? EventKind.energyAdded : EventKind.energyConsumed, account);
    columns.amount[row] = Math.abs(change);
    columns.energy[row] = this.#moveEnergy(account, change);
  }

  /** Deposits funds, or withdraws what the account has where `change` is negative. */
  changeFunds(account: number, change: number): void {
    const { columns } = this.#rows;
    const row = this.#rows.add(change > 0 ? EventKind.fundsAdded : EventKind.fundsWithdrawn, account);
    columns.amount[row] = Math.abs(change);
    columns.funds[row] = this.#moveFunds(account, change);
  }

  setEnergyPrice(price: number): void {
    const row = this.#rows.add(EventKind.energyPriceSet);
    this.#rows.columns.price[row] = price;
    this.energyPrice = price;
  }

  requireMeters(required: boolean): void {
    const row = this.#rows.add(EventKind.metersRequired);
    this.#rows.columns.amount[row] = required ? 1 : 0;
  }

  assignMeter(account: number, meter: number): void {
    const row = this.#rows.add(EventKind.meterAssigned, account);
    this.#rows.columns.other[row] = meter;
  }

  /** The next reading of the account's meter; it alone may take the balance below zero. */
  recordReading(account: number, meter: number, { produced, consumed }: { produced: number; consumed: number }): void {
    const { columns } = this.#rows;
    const row = this.#rows.add(EventKind.readingRecorded, account);
    const reading = (this.lastReading[account] as number) + 1;
    this.lastReading[account] = reading;
    columns.other[row] = meter;
    columns.mark[row] = reading;
    columns.amount[row] = produced;
    columns.second[row] = consumed;
    columns.energy[row] = this.#moveEnergy(account, produced - consumed);
  }

  /** A new grant, which replaces an earlier one. */
  delegate(account: number, operator: number, { spend, energy }: { spend: number; energy: number }): void {
    const { columns } = this.#rows;
    const row = this.#rows.add(EventKind.delegationGranted, account);
    this.#lastGrant += 1;
    Object.assign(this.#grantOf(account), { grant: this.#lastGrant, spendLeft: spend, energyLeft: energy });
    columns.operator[row] = operator;
    columns.grant[row] = this.#lastGrant;
    columns.amount[row] = spend;
    columns.second[row] = energy;
    columns.price[row] = GRANT_PRICES.maxBuy;
    columns.funds[row] = GRANT_PRICES.minSell;
    columns.mark[row] = GRANT_EXPIRY;
  }

  /** Ends a grant that is in force. */
  revoke(account: number, operator: number): void {
    const row = this.#rows.add(EventKind.delegationRevoked, account);
    const grant = this.#grantOf(account);
    this.#rows.columns.operator[row] = operator;
    this.#rows.columns.grant[row] = grant.grant;
    grant.grant = NO_GRANT;
  }

  /**
   * Lists an offer: the seller has the energy, and room for one more offer. The lister is the seller, or an operator whose
   * grant has the energy left.
   */
  list(
    seller: number,
    lister: number,
    { amount, price, until }: Pick<GeneratedOffer, 'amount' | 'price' | 'until'>,
  ): void {
    const { columns } = this.#rows;
    const row = this.#rows.add(EventKind.tradeListed, seller);
    this.#lastTrade += 1;
    const grant = this.#useGrant(row, seller, lister, { energy: amount, spend: 0 });
    this.offers.push({ id: this.#lastTrade, seller, lister, grant, amount, price, until });
    this.openTrades[seller] = (this.openTrades[seller] as number) + 1;
    columns.operator[row] = lister;
    columns.trade[row] = this.#lastTrade;
    columns.amount[row] = amount;
    columns.price[row] = price;
    columns.mark[row] = until;
    columns.energy[row] = this.#moveEnergy(seller, -amount);
  }

  /** Takes an offer back: the caller is its seller or its lister, or anyone where it has expired. */
  cancel(index: number, caller: number): void {
    const { columns } = this.#rows;
    const { id, seller, lister, grant, amount } = this.#close(index);
    const row = this.#rows.add(EventKind.tradeCancelled, seller);
    const inForce = this.#grantOf(seller);
    if (lister !== seller && inForce.grant === grant) {
      inForce.energyLeft += amount;
      columns.grant[row] = grant;
      columns.second[row] = inForce.energyLeft;
    }
    columns.operator[row] = caller;
    columns.trade[row] = id;
    columns.amount[row] = amount;
    columns.energy[row] = this.#moveEnergy(seller, amount);
  }

  /**
   * Buys an offer that has not expired: the buyer is not its seller and has the funds. The operator is the buyer, or one
   * whose grant has the cost left to spend.
   */
  buy(index: number, buyer: number, operator: number): void {
    const { columns } = this.#rows;
    const { id, seller, amount, price } = this.#close(index);
    const row = this.#rows.add(EventKind.tradeBought, seller);
    const cost = amount * price;
    this.#useGrant(row, buyer, operator, { energy: 0, spend: cost });
    columns.other[row] = buyer;
    columns.operator[row] = operator;
    columns.trade[row] = id;
    columns.amount[row] = amount;
    columns.price[row] = price;
    columns.buyerEnergy[row] = this.#moveEnergy(buyer, amount);
    columns.buyerFunds[row] = this.#moveFunds(buyer, -cost);
    columns.energy[row] = this.energy[seller] as number;
    columns.funds[row] = this.#moveFunds(seller, cost);
  }

  #close(index: number): GeneratedOffer {
    const offer = this.offers[index] as GeneratedOffer;
    const last = this.offers.pop() as GeneratedOffer;
    if (last !== offer) this.offers[index] = last;
    this.openTrades[offer.seller] = (this.openTrades[offer.seller] as number) - 1;
    return offer;
  }

  /** Takes from the account's grant where another acts for it, and notes it in the row. */
  #useGrant(row: number, account: number, caller: number, used: { energy: number; spend: number }): number {
    if (caller === account) return NO_GRANT;
    const grant = this.#grantOf(account);
    grant.energyLeft -= used.energy;
    grant.spendLeft -= used.spend;
    const { columns } = this.#rows;
    columns.grant[row] = grant.grant;
    columns.second[row] = used.spend > 0 ? grant.spendLeft : grant.energyLeft;
    return grant.grant;
  }

  #grantOf(account: number): GeneratedGrant {
    return this.grants[account] as GeneratedGrant;
  }

  #moveEnergy(account: number, change: number): number {
    this.energy[account] = (this.energy[account] as number) + change;
    return this.energy[account] as number;
  }

  #moveFunds(account: number, change: number): number {
    this.funds[account] = (this.funds[account] as number) + change;
    return this.funds[account] as number;
  }
}

/** Whether an offer can no longer be bought. */
export const isExpired = ({ until }: GeneratedOffer, height: number): boolean => until !== NO_HEIGHT && until < height;
