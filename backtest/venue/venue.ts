import { type GridCall, gridErrors } from '../../src/contract/index.ts';
import { ConfigError, type Height, height, type Principal, type Random } from '../../src/core/index.ts';
import type { Decision, MarketState } from '../../src/market/index.ts';
import type { PlannedIntent } from '../../src/trading/index.ts';
import type { AccountIndex } from '../data/accounts.ts';
import { type EventColumns, EventKind } from '../data/event-columns.ts';
import { type ColumnarMarket, columnarMarket, NO_SLOT } from '../market/columnar-market.ts';
import { decideCancellation, decidePurchase } from '../market/decide-trade.ts';
import { executeCall } from '../market/execute-call.ts';
import { IdTable } from '../market/id-table.ts';
import { ANY, OK } from '../market/rules.ts';
import { type CallLog, logged } from './call-log.ts';
import { applyConserving } from './conservation.ts';
import type { FillModel } from './fill-model.ts';
import { OwnOffers } from './own-offers.ts';
import { decideEntry, isTooLate, type OwnTransaction } from './own-transaction.ts';
import { RecordedChoice } from './recorded-choice.ts';
import { callerOf, continuesTransaction, purchaseCall, RecordedOthers, recordedCall } from './recorded-others.ts';

/** Hears what happens at the venue. */
export interface VenueListener {
  /** One event was applied: `market.next` holds it. */
  applied(market: ColumnarMarket): void;
  /** An entry of one of our transactions was answered: OK, or the contract's error code. */
  answered(transaction: OwnTransaction, entry: number, code: number): void;
  /** A recorded call of someone else could not be made as it was, by the contract's error code. */
  displaced(kind: EventKind, code: number): void;
  /** A recorded buyer took an offer of ours in place of what it bought. */
  diverted(): void;
}

export interface VenueOptions {
  /** The market that the recording's first event happens to. */
  readonly opening: MarketState;
  /** Of the recording. */
  readonly accounts: AccountIndex;
  readonly fills: FillModel;
  readonly random: Random;
  /** Accounts that trade here: what the recording says of their trading is left out. */
  readonly ours: readonly Principal[];
  /** Blocks between the tip that a transaction was sent at and the block that executes it. */
  readonly latencyBlocks: number;
  readonly listener: VenueListener;
  /** Hears that an account of ours is about to consume more than it has, by so many Wh. @default nobody */
  readonly onLack?: (account: number, lacking: number, at: Height) => void;
  /** Hears every call in the order in which it is made, and whether it succeeded or not. @default nobody */
  readonly onCall?: CallLog;
}

/** Rows of a recording from `from` up to but not including `to`. */
export interface Rows {
  readonly columns: EventColumns;
  readonly from: number;
  readonly to: number;
}

function countTransactions(parts: readonly Rows[]): number {
  let count = 0;
  for (const { columns, from, to } of parts) {
    for (let row = from + 1; row <= to; row += 1) if (row === to || !continuesTransaction(columns, row)) count += 1;
  }
  return count;
}

/**
 * The exchange of a backtest: the contract's rules, on which recorded others and our transactions act in one order. A
 * recorded event is made as the call that it came from; where our trading has changed what it rests on it is refused, as
 * the contract would. The seller of an offer that stays open because its recorded buyer did not get it, or took ours,
 * takes it back at once: no offer stands longer for us than it stood in the recording.
 */
export class Venue {
  readonly market: ColumnarMarket;
  readonly #options: VenueOptions;
  /** By account: 1 where it is ours. */
  readonly #ours: Uint8Array;
  readonly #own: OwnOffers;
  /** The market's number of each recorded trade that is open and was listed here, after the opening's last. */
  readonly #trades = new IdTable();
  readonly #firstTrade: number;
  readonly #others: RecordedOthers;
  readonly #choice: RecordedChoice;
  /** The market's numbers of offers that the recording's accounts of ours bought in the block that is being executed. */
  #boughtByOurs: number[] = [];

  constructor(options: VenueOptions) {
    this.#options = options;
    this.market = columnarMarket(options.opening, options.accounts);
    this.#others = new RecordedOthers(this.market);
    this.#firstTrade = options.opening.lastTradeId + 1;
    const numbers = options.ours.map((name) => options.accounts.numberOf(name));
    this.#ours = new Uint8Array(options.accounts.size);
    for (const number of numbers) this.#ours[number] = 1;
    const own = options.opening.openOffers.filter(({ seller }) => this.isOurs(options.accounts.numberOf(seller)));
    this.#own = new OwnOffers(
      this.market,
      this.#ours,
      own.map(({ id }) => id),
    );
    this.#choice = new RecordedChoice({ ...options, ours: this.#ours }, options.opening.openOffers, options.accounts);
  }

  isOurs(account: number): boolean {
    return this.#ours[account] === 1;
  }

  /** Open offers of our accounts, oldest first. */
  get ourOffers(): readonly number[] {
    return this.#own.trades;
  }

  /** Executes a block: what the recording has of it, in parts, and our transactions that are due. */
  executeBlock(parts: readonly Rows[], height: Height, due: readonly OwnTransaction[]): void {
    if (due.length > 0) this.#executeAmong(parts, height, due);
    else for (const { columns, from, to } of parts) for (let row = from; row < to; row += 1) this.#replay(columns, row);
    this.#choice.endBlock();
    if (this.#boughtByOurs.length > 0) for (const trade of this.#boughtByOurs.splice(0)) this.#takeBack(trade, height);
  }

  /** Executes ours at the place among the block's recorded transactions that the fill model gives them. */
  #executeAmong(parts: readonly Rows[], height: Height, due: readonly OwnTransaction[]): void {
    const { fills, random } = this.#options;
    let before = fills.comesAfter(countTransactions(parts), random);
    if (before === 0) this.#executeOwn(due, height);
    for (const { columns, from, to } of parts) {
      for (let row = from; row < to; row += 1) {
        this.#replay(columns, row);
        const ends = row + 1 === to || !continuesTransaction(columns, row + 1);
        if (ends && --before === 0) this.#executeOwn(due, height);
      }
    }
  }

  #executeOwn(due: readonly OwnTransaction[], height: Height): void {
    for (const transaction of due) this.#execute(transaction, height);
  }

  #execute(transaction: OwnTransaction, height: Height): void {
    const { listener, onCall, accounts } = this.#options;
    const { operator, intents } = transaction;
    onCall?.(logged(operator, height, transaction.call));
    const caller = accounts.numberOf(operator);
    const tooLate = isTooLate(transaction, height);
    for (let entry = 0; entry < intents.length; entry += 1) {
      const planned = intents[entry] as PlannedIntent;
      const code = tooLate ? gridErrors.pastHeight : decideEntry(this.market, planned, caller, height);
      if (code === OK) this.#apply();
      listener.answered(transaction, entry, code);
    }
  }

  /** Makes a call that is no trading of ours: setting the scene, or settling with the grid. */
  call(caller: Principal, call: GridCall, height: Height): Decision {
    this.#options.onCall?.(logged(caller, height, call));
    return executeCall(this.market, call, { caller, height }, () => this.#apply());
  }

  #apply(): void {
    applyConserving(this.market);
    this.#own.follow();
    this.#options.listener.applied(this.market);
  }

  /** The market's number of a recorded trade that a row closes, of which no later row speaks; 0 where it was not listed here. */
  #closedTrade(columns: EventColumns, row: number): number {
    const recorded = columns.trade[row] as number;
    return recorded < this.#firstTrade ? recorded : this.#trades.take(recorded);
  }

  #replay(columns: EventColumns, row: number): void {
    switch (columns.kind[row]) {
      case EventKind.tradeListed:
        this.#replayListing(columns, row);
        break;
      case EventKind.tradeBought:
        this.#replayPurchase(columns, row);
        break;
      case EventKind.tradeCancelled:
        this.#choice.cancelled(columns, row);
        // What became of an offer of ours is not for the recording to say.
        if (!this.isOurs(columns.account[row] as number)) this.#make(columns, row, this.#closedTrade(columns, row));
        break;
      case EventKind.prosumerRegistered:
        this.#assertNew(columns, row);
        this.#make(columns, row, 0);
        break;
      case EventKind.energyConsumed:
        if (this.isOurs(columns.account[row] as number)) this.#cover(columns, row);
        this.#make(columns, row, 0);
        break;
      default:
        this.#make(columns, row, 0);
    }
  }

  #assertNew(columns: EventColumns, row: number): void {
    const account = columns.account[row] as number;
    if (!this.isOurs(account) || this.market.registered[account] !== 1) return;
    throw new ConfigError(
      `expected ${this.market.accounts.nameOf(account)} to be new to the recording, registers in it at height ${columns.height[row]}`,
      { hints: ['Let the account stand in for the recorded one, or give it another address.'] },
    );
  }

  /** Sees to it that an account of ours has what it consumes. */
  #cover(columns: EventColumns, row: number): void {
    const account = columns.account[row] as number;
    const lacking = (columns.amount[row] as number) - (this.market.energy[account] as number);
    if (lacking > 0) this.#options.onLack?.(account, lacking, height(columns.height[row] as number));
  }

  /** Makes the call behind a row; whether it succeeded. */
  #make(columns: EventColumns, row: number, trade: number): boolean {
    const { market } = this;
    const { listener, onCall, accounts } = this.#options;
    const code = this.#others.decide(columns, row, trade);
    if (onCall !== undefined) {
      const caller = accounts.nameOf(callerOf(market, columns, row));
      onCall(logged(caller, columns.height[row] as number, recordedCall(market, columns, row, trade)));
    }
    if (code === OK) this.#apply();
    else listener.displaced(columns.kind[row] as EventKind, code);
    return code === OK;
  }

  #replayListing(columns: EventColumns, row: number): void {
    this.#choice.listed(columns, row);
    const listed = !this.isOurs(columns.account[row] as number) && this.#make(columns, row, 0);
    if (listed) this.#trades.add(columns.trade[row] as number, this.market.lastTrade);
  }

  #replayPurchase(columns: EventColumns, row: number): void {
    const trade = this.#closedTrade(columns, row);
    // What an account of ours bought, nobody else contests in that block.
    if (this.isOurs(columns.other[row] as number)) this.#boughtByOurs.push(trade);
    else if (!this.#purchase(columns, row, trade)) this.#takeBack(trade, columns.height[row] as number);
    this.#choice.bought(columns, row);
  }

  /** Lets the buyer of a row take an offer of ours, or what it took; whether it took the latter. */
  #purchase(columns: EventColumns, row: number, trade: number): boolean {
    if ((columns.price[row] as number) >= this.#own.lowestAsk && this.#divert(columns, row)) {
      this.#options.listener.diverted();
      return false;
    }
    return !this.isOurs(columns.account[row] as number) && this.#make(columns, row, trade);
  }

  /** Lets the buyer of a row take an offer of ours instead; whether it did. */
  #divert(columns: EventColumns, row: number): boolean {
    const { onCall, accounts } = this.#options;
    const { market } = this;
    const height = columns.height[row] as number;
    const buyer = columns.other[row] as number;
    const caller = columns.operator[row] as number;
    const trade = this.#choice.ofOurs(market, this.#own.trades, columns, row);
    if (trade === 0) return false;
    const code = decidePurchase(market, { buyer, trade, amount: ANY, maxPrice: 0 }, caller, height);
    if (onCall !== undefined) {
      const slot = market.slotOf(trade);
      const terms = { amount: market.amount[slot] as number, maxPrice: market.price[slot] as number };
      onCall(logged(accounts.nameOf(caller), height, purchaseCall(accounts, { buyer, trade, ...terms })));
    }
    if (code === OK) this.#apply();
    return code === OK;
  }

  /** The seller takes an offer back that is still open. */
  #takeBack(trade: number, height: number): void {
    const { market } = this;
    const { onCall, accounts } = this.#options;
    const slot = market.slotOf(trade);
    if (slot === NO_SLOT) return;
    const seller = market.seller[slot] as number;
    if (this.isOurs(seller)) return;
    onCall?.(logged(accounts.nameOf(seller), height, { kind: 'cancelTrade', tradeId: BigInt(trade) }));
    if (decideCancellation(market, { trade, seller: ANY }, seller, height) === OK) this.#apply();
  }
}
