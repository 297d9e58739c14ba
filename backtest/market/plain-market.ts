import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import type {
  DelegationRecord,
  ProsumerRecord,
  TradeStatus as StatusName,
  TradeRecord,
} from '../../src/contract/index.ts';
import { costOf, grantId, height, microStx, price, sequence, type TradeId, tradeId, wh } from '../../src/core/index.ts';
import { delegationKey, type MarketState, type OpenOffer } from '../../src/market/index.ts';
import { NO_GRANT, NO_HEIGHT, NONE } from '../data/event-columns.ts';
import { type ColumnarMarket, TradeStatus } from './columnar-market.ts';

/** The number at a place of a column that has it. */
const at = (column: Uint32Array | Float64Array | Uint8Array, index: number): number => column[index] as number;

/** The account as the contract's record; null where it is not registered. */
export function prosumerRecord(market: ColumnarMarket, account: number): ProsumerRecord | null {
  if (market.registered[account] !== 1) return null;
  const meter = at(market.meter, account);
  return {
    energy: wh(at(market.energy, account)),
    funds: microStx(at(market.funds, account)),
    escrowed: wh(at(market.escrowed, account)),
    openTrades: at(market.openTrades, account),
    meter: meter === NONE ? null : market.accounts.nameOf(meter),
    lastReading: at(market.lastReading, account),
  };
}

/** The grant as the contract's record. */
export function delegationRecord(market: ColumnarMarket, grant: number): DelegationRecord {
  return {
    grantId: grantId(grant),
    spendLeft: microStx(at(market.spendLeft, grant)),
    energyLeft: wh(at(market.energyLeft, grant)),
    maxBuyPrice: price(at(market.maxBuyPrice, grant)),
    minSellPrice: price(at(market.minSellPrice, grant)),
    expiresAt: height(at(market.expiresAt, grant)),
  };
}

/** An open offer as the book holds it. */
export function openOffer(market: ColumnarMarket, id: number): OpenOffer {
  const until = at(market.openUntil, id);
  const amount = wh(at(market.amount, id));
  const unitPrice = price(at(market.price, id));
  return Object.freeze({
    id: tradeId(id),
    seller: market.accounts.nameOf(at(market.seller, id)),
    amount,
    price: unitPrice,
    cost: costOf(amount, unitPrice),
    openUntil: until === NO_HEIGHT ? null : height(until),
    lister: market.accounts.nameOf(at(market.lister, id)),
  });
}

const OPEN = TradeStatus.open;
const statusNames: readonly StatusName[] = ['open', 'completed', 'cancelled'];

function tradeRecord(market: ColumnarMarket, id: number): TradeRecord {
  const { seller, amount, price: unitPrice, openUntil, lister } = openOffer(market, id);
  const grant = at(market.tradeGrant, id);
  return {
    seller,
    buyer: market.accounts.nameOf(at(market.buyer, id)),
    amount,
    price: unitPrice,
    status: statusNames[at(market.tradeStatus, id) - 1] as StatusName,
    openUntil,
    lister,
    grantId: grant === NO_GRANT ? null : grantId(grant),
  };
}

/**
 * The whole state as a value.
 *
 * @param options.closedTrades whether trades that are no longer open are in it; no event speaks of them again. Default true.
 */
export function plainMarket(
  market: ColumnarMarket,
  { closedTrades = true }: { readonly closedTrades?: boolean } = {},
): MarketState {
  const { accounts } = market;
  const trades: [TradeId, TradeRecord][] = [];
  for (let id = 1; id <= market.lastTrade; id += 1) {
    // A trade that the opening left out, or one that was of no interest there, has no status.
    const status = at(market.tradeStatus, id);
    if (status === OPEN || (closedTrades && status !== 0)) trades.push([tradeId(id), tradeRecord(market, id)]);
  }
  const open = trades.filter(([, { status }]) => status === 'open').map(([id]) => openOffer(market, id));
  return {
    complete: true,
    owner: accounts.nameOf(market.owner),
    sequence: sequence(market.sequence),
    lastTradeId: tradeId(market.lastTrade),
    lastGrantId: grantId(market.lastGrant),
    energyPrice: price(market.energyPrice),
    gridBalance: BigInt(market.gridBalance),
    totalFunds: BigInt(market.totalFunds),
    metersRequired: market.metersRequired,
    prosumerCount: market.prosumerCount,
    prosumers: ImmutableMap(
      accounts.names.flatMap((name, account) => {
        const record = prosumerRecord(market, account);
        return record === null ? [] : [[name, record] as const];
      }),
    ),
    trades: ImmutableMap(trades),
    openOffers: Object.freeze(open.sort((a, b) => a.price - b.price || a.id - b.id)),
    delegations: ImmutableMap(
      [...market.grants()].map((grant) => [
        delegationKey(
          accounts.nameOf(at(market.grantProsumer, grant)),
          accounts.nameOf(at(market.grantOperator, grant)),
        ),
        delegationRecord(market, grant),
      ]),
    ),
    meteredStrangers: ImmutableSet(),
  };
}
