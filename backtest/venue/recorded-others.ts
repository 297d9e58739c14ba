import type { EntryCall, GridCall } from '../../src/contract/index.ts';
import type { AccountIndex } from '../data/accounts.ts';
import { type EventColumns, EventKind, NO_HEIGHT, NONE } from '../data/event-columns.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import {
  decideDelegation,
  decideEnergy,
  decideEnergyPrice,
  decideFunds,
  decideMeter,
  decideMetersRequired,
  decideReading,
  decideRegistration,
  decideRevocation,
} from '../market/decide-account.ts';
import {
  type Cancellation,
  decideCancellation,
  decideListing,
  decidePurchase,
  type Listing,
  type Purchase,
} from '../market/decide-trade.ts';
import { ANY } from '../market/rules.ts';

const at = (column: Uint32Array | Float64Array, row: number): number => column[row] as number;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Makes the calls of a recording again. What they ask is written into one place for each kind: it is read at once. */
export class RecordedOthers {
  readonly #market: ColumnarMarket;
  readonly #listing: Mutable<Listing> = { seller: 0, amount: 0, price: 0, openUntil: 0 };
  readonly #purchase: Mutable<Purchase> = { buyer: 0, trade: 0, amount: ANY, maxPrice: 0 };
  readonly #cancellation: Mutable<Cancellation> = { trade: 0, seller: ANY };

  constructor(market: ColumnarMarket) {
    this.#market = market;
  }

  /**
   * Decides the call that a recorded event came from, as it would be answered now.
   *
   * @param trade the market's number of the trade that it names; not looked at for a listing.
   */
  decide(columns: EventColumns, row: number, trade: number): number {
    const height = at(columns.height, row);
    const operator = at(columns.operator, row);
    switch (columns.kind[row]) {
      case EventKind.tradeListed: {
        const listing = this.#listing;
        listing.seller = at(columns.account, row);
        listing.amount = at(columns.amount, row);
        listing.price = at(columns.price, row);
        listing.openUntil = at(columns.mark, row);
        return decideListing(this.#market, listing, operator, height);
      }
      case EventKind.tradeBought: {
        const purchase = this.#purchase;
        purchase.buyer = at(columns.other, row);
        purchase.trade = trade;
        return decidePurchase(this.#market, purchase, operator, height);
      }
      case EventKind.tradeCancelled:
        this.#cancellation.trade = trade;
        return decideCancellation(this.#market, this.#cancellation, operator, height);
      default:
        return decideOfAccount(this.#market, columns, row);
    }
  }
}

/** Decides a call that is of no trade. */
function decideOfAccount(market: ColumnarMarket, columns: EventColumns, row: number): number {
  const height = at(columns.height, row);
  const account = at(columns.account, row);
  const amount = at(columns.amount, row);
  const kind = columns.kind[row];
  switch (kind) {
    case EventKind.prosumerRegistered:
      return decideRegistration(market, account, height);
    case EventKind.energyAdded:
    case EventKind.energyConsumed:
      return decideEnergy(market, { added: kind === EventKind.energyAdded, amount }, account, height);
    case EventKind.fundsAdded:
    case EventKind.fundsWithdrawn:
      return decideFunds(market, { added: kind === EventKind.fundsAdded, amount }, account, height);
    case EventKind.readingRecorded: {
      const readingId = readingIdOf(market, columns, row);
      const reading = { prosumer: account, readingId, produced: amount, consumed: at(columns.second, row) };
      return decideReading(market, reading, at(columns.other, row), height);
    }
    default:
      return decideRare(market, columns, row);
  }
}

function decideRare(market: ColumnarMarket, columns: EventColumns, row: number): number {
  const height = at(columns.height, row);
  const account = at(columns.account, row);
  const operator = at(columns.operator, row);
  switch (columns.kind[row]) {
    case EventKind.energyPriceSet:
      return decideEnergyPrice(market, at(columns.price, row), market.owner, height);
    case EventKind.metersRequired:
      return decideMetersRequired(market, columns.amount[row] === 1, market.owner, height);
    case EventKind.meterAssigned:
      return decideMeter(market, { prosumer: account, meter: at(columns.other, row) }, market.owner, height);
    case EventKind.delegationRevoked:
      return decideRevocation(market, operator, account, height);
    default:
      return decideDelegation(
        market,
        {
          operator,
          spendLimit: at(columns.amount, row),
          energyLimit: at(columns.second, row),
          maxBuyPrice: at(columns.price, row),
          minSellPrice: at(columns.funds, row),
          expiresAt: at(columns.mark, row),
        },
        account,
        height,
      );
  }
}

/** A reading's recorded id, or the next one where settling with the grid has used that up. */
const readingIdOf = (market: ColumnarMarket, columns: EventColumns, row: number): number =>
  Math.max(at(columns.mark, row), (market.lastReading[at(columns.account, row)] as number) + 1);

/** Who makes the call that a recorded event came from. */
export function callerOf(market: ColumnarMarket, columns: EventColumns, row: number): number {
  switch (columns.kind[row]) {
    case EventKind.tradeListed:
    case EventKind.tradeCancelled:
    case EventKind.tradeBought:
      return at(columns.operator, row);
    case EventKind.energyPriceSet:
    case EventKind.metersRequired:
    case EventKind.meterAssigned:
      return market.owner;
    case EventKind.readingRecorded:
      return at(columns.other, row);
    default:
      return at(columns.account, row);
  }
}

/** The call that `RecordedOthers` decides, in the contract's own form. */
export function recordedCall(
  market: ColumnarMarket,
  columns: EventColumns,
  row: number,
  trade: number,
): GridCall | EntryCall {
  const name = (column: Uint32Array) => market.accounts.nameOf(at(column, row));
  const big = (column: Float64Array): bigint => BigInt(at(column, row));
  const amount = big(columns.amount);
  switch (columns.kind[row]) {
    case EventKind.tradeListed: {
      const listing = { amount, price: big(columns.price) };
      return at(columns.mark, row) === NO_HEIGHT
        ? { kind: 'tradeEnergy', ...listing }
        : { kind: 'tradeOneFor', seller: name(columns.account), ...listing, openUntil: big(columns.mark) };
    }
    case EventKind.tradeCancelled:
      return { kind: 'cancelTrade', tradeId: BigInt(trade) };
    case EventKind.tradeBought:
      return purchaseCall(market.accounts, {
        buyer: at(columns.other, row),
        trade,
        // A trade that was not listed here has no terms.
        amount: trade === 0 ? 0 : at(columns.amount, row),
        maxPrice: trade === 0 ? 0 : at(columns.price, row),
      });
    case EventKind.prosumerRegistered:
      return { kind: 'registerProsumer' };
    case EventKind.energyAdded:
      return { kind: 'addEnergy', amount };
    case EventKind.energyConsumed:
      return { kind: 'consumeEnergy', amount };
    case EventKind.fundsAdded:
      return { kind: 'addFunds', amount };
    case EventKind.fundsWithdrawn:
      return { kind: 'withdrawFunds', amount };
    case EventKind.readingRecorded:
      return {
        kind: 'recordReading',
        prosumer: name(columns.account),
        readingId: BigInt(readingIdOf(market, columns, row)),
        produced: amount,
        consumed: big(columns.second),
      };
    case EventKind.energyPriceSet:
      return { kind: 'setEnergyPrice', price: big(columns.price) };
    case EventKind.metersRequired:
      return { kind: 'requireMeters', required: columns.amount[row] === 1 };
    case EventKind.meterAssigned:
      return { kind: 'assignMeter', prosumer: name(columns.account), meter: name(columns.other) };
    case EventKind.delegationRevoked:
      return { kind: 'revokeDelegation', operator: name(columns.operator) };
    default:
      return {
        kind: 'delegateTrading',
        operator: name(columns.operator),
        spendLimit: amount,
        energyLimit: big(columns.second),
        maxBuyPrice: big(columns.price),
        minSellPrice: big(columns.funds),
        expiresAt: big(columns.mark),
      };
  }
}

/** A purchase for the buyer, by itself or an operator. */
export const purchaseCall = (accounts: AccountIndex, { buyer, trade, amount, maxPrice }: Purchase): EntryCall => ({
  kind: 'buyOneFor',
  buyer: accounts.nameOf(buyer),
  tradeId: BigInt(trade),
  amount: BigInt(amount),
  maxPrice: BigInt(maxPrice),
});

/** Whether a row of the recording is of the same transaction as the one before it. */
export const continuesTransaction = ({ transaction, height }: EventColumns, row: number): boolean =>
  row > 0 && transaction[row] !== NONE && transaction[row] === transaction[row - 1] && height[row] === height[row - 1];
