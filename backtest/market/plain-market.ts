import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import type { DelegationRecord, ProsumerRecord, TradeRecord } from '../../src/contract/index.ts';
import { costOf, grantId, height, microStx, price, sequence, tradeId, wh } from '../../src/core/index.ts';
import { delegationKey, type MarketState, type OpenOffer } from '../../src/market/index.ts';
import { NO_GRANT, NO_HEIGHT, NONE } from '../data/event-columns.ts';
import type { ColumnarMarket } from './columnar-market.ts';

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

/** An open offer as the book holds it, by its slot. */
function openOffer(market: ColumnarMarket, slot: number): OpenOffer {
  const until = at(market.openUntil, slot);
  const amount = wh(at(market.amount, slot));
  const unitPrice = price(at(market.price, slot));
  return Object.freeze({
    id: tradeId(at(market.tradeId, slot)),
    seller: market.accounts.nameOf(at(market.seller, slot)),
    amount,
    price: unitPrice,
    cost: costOf(amount, unitPrice),
    openUntil: until === NO_HEIGHT ? null : height(until),
    lister: market.accounts.nameOf(at(market.lister, slot)),
  });
}

function tradeRecord(market: ColumnarMarket, slot: number): TradeRecord {
  const { seller, amount, price: unitPrice, openUntil, lister } = openOffer(market, slot);
  const grant = at(market.tradeGrant, slot);
  return {
    seller,
    buyer: seller,
    amount,
    price: unitPrice,
    status: 'open',
    openUntil,
    lister,
    grantId: grant === NO_GRANT ? null : grantId(grant),
  };
}

/** The whole state as a value, without the trades that are no longer open: no event speaks of them again. */
export function plainMarket(market: ColumnarMarket): MarketState {
  const { accounts } = market;
  const slots = market.openIds().map((id) => market.slotOf(id));
  const trades = slots.map((slot) => [tradeId(at(market.tradeId, slot)), tradeRecord(market, slot)] as const);
  const open = slots.map((slot) => openOffer(market, slot));
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
