import { height, microStx, price, wh } from '../../../../src/core/index.ts';
import {
  botOperator,
  buyOf,
  cancelOf,
  listOf,
  openIntent,
  type SceneMarket,
  wideDelegation,
} from '../../../support/turn-scene.ts';
import { me, type RiskCase } from './risk-case.ts';

const delegated = { operators: [botOperator] };
const delegatedMarket = (changes: Parameters<typeof wideDelegation>[0]): SceneMarket => ({
  delegations: new Map([[me, wideDelegation(changes)]]),
});

/** Examples of spend, energy, balances, fees, delegations and capacity. */
export const limitCases: readonly RiskCase[] = [
  // Spend
  {
    name: 'two buys just within the turn',
    intents: [buyOf(1, 1_000, 90), buyOf(2, 1_000, 90)],
    limits: { spendPerTurn: microStx(180_000) },
    denial: null,
  },
  {
    name: 'two buys beyond the turn',
    intents: [buyOf(1, 1_000, 90), buyOf(2, 1_000, 90)],
    limits: { spendPerTurn: microStx(179_999) },
    denial: ['SPEND_PER_TURN', 179_999, 180_000],
  },
  {
    name: 'the cost is that of the offer, not of the highest price',
    intents: [buyOf(1, 1_000, 100)],
    limits: { spendPerTurn: microStx(90_000) },
    denial: null,
  },
  {
    name: 'a buy beyond the day',
    intents: [buyOf(1, 1_000, 90), buyOf(2, 1_000, 90)],
    limits: { spendPerDay: microStx(200_000) },
    request: { dayTotals: [{ account: me, spent: microStx(20_001), fees: microStx(0) }] },
    denial: ['SPEND_PER_DAY', 200_000, 200_001],
  },
  // Energy and places
  {
    name: 'more energy than the turn allows, buys and listings together',
    intents: [buyOf(1, 1_000, 90), listOf(501, 90)],
    limits: { energyPerTurn: wh(1_500) },
    denial: ['ENERGY_PER_TURN', 1_500, 1_501],
  },
  {
    name: 'cancels move no energy',
    intents: [buyOf(1, 1_000, 90), cancelOf(3, 100)],
    limits: { energyPerTurn: wh(1_000) },
    denial: null,
  },
  {
    name: 'one offer too many, open and unconfirmed counted',
    intents: [listOf(1, 90), listOf(1, 90)],
    limits: { openOffers: 3 },
    request: { openIntents: [openIntent(me, listOf(1, 90))] },
    denial: ['OPEN_OFFERS', 3, 4],
  },
  {
    name: 'beyond what the contract admits',
    intents: [listOf(1, 90)],
    limits: { openOffers: 100 },
    market: { prosumers: new Map([[me, { openTrades: 100 }]]) },
    denial: ['OPEN_OFFERS', 100, 101],
  },
  // Balances
  {
    name: 'funds that an unconfirmed buy may still take',
    intents: [buyOf(1, 1_000, 90)],
    market: { prosumers: new Map([[me, { funds: microStx(100_000) }]]) },
    request: { openIntents: [openIntent(me, buyOf(2, 1_000, 90), 10_001)] },
    denial: ['INSUFFICIENT_FUNDS', 100_000, 100_001],
  },
  {
    name: 'funds that an earlier buy takes',
    intents: [buyOf(1, 1_000, 90), buyOf(2, 1_000, 90)],
    market: { prosumers: new Map([[me, { funds: microStx(100_000) }]]) },
    denial: ['INSUFFICIENT_FUNDS', 100_000, 180_000],
  },
  {
    name: 'the reserve',
    intents: [buyOf(1, 1_000, 90)],
    limits: { fundsReserve: microStx(10_001) },
    market: { prosumers: new Map([[me, { funds: microStx(100_000) }]]) },
    denial: ['FUNDS_RESERVE', 10_001, 10_000],
  },
  {
    name: 'energy that an unconfirmed listing takes',
    intents: [listOf(601, 90)],
    market: { prosumers: new Map([[me, { energy: wh(1_000) }]]) },
    request: { openIntents: [openIntent(me, listOf(400, 90))] },
    denial: ['INSUFFICIENT_ENERGY', 1_000, 1_001],
  },
  {
    name: 'energy that is still to be bought',
    intents: [buyOf(1, 1_000, 90), listOf(1, 90)],
    market: { prosumers: new Map([[me, { energy: wh(0) }]]) },
    denial: ['INSUFFICIENT_ENERGY', 0, 1],
  },
  {
    name: 'a negative balance',
    intents: [listOf(1, 90)],
    market: { prosumers: new Map([[me, { energy: wh(-5) }]]) },
    denial: ['INSUFFICIENT_ENERGY', -5, 1],
  },
  // Fees
  {
    name: "the day's fee budget",
    intents: [listOf(1, 90), listOf(1, 90)],
    limits: { feesPerDay: microStx(1_199) },
    request: { dayTotals: [{ account: me, spent: microStx(0), fees: microStx(1_000) }] },
    denial: ['FEE_BUDGET', 1_199, 1_200],
  },
  {
    name: "the wallet's reserve",
    intents: [listOf(1, 90), listOf(1, 90)],
    request: { lanes: [{ operator: me, unconfirmed: 0, entriesLeft: 9, balance: microStx(100_199) }] },
    denial: ['FEE_RESERVE', 100_000, 99_999],
  },
  // Delegation
  {
    name: 'no delegation',
    intents: [listOf(1, 90)],
    account: delegated,
    denial: ['NO_DELEGATION', `a delegation to ${botOperator}`, 'none'],
  },
  {
    name: 'an expired one',
    intents: [listOf(1, 90)],
    account: delegated,
    market: delegatedMarket({ expiresAt: height(1_000) }),
    denial: ['DELEGATION_EXPIRED', 1_001, 1_000],
  },
  {
    name: 'one that lives through the next block',
    intents: [listOf(1, 90)],
    account: delegated,
    market: delegatedMarket({ expiresAt: height(1_001) }),
    denial: null,
  },
  {
    name: 'a price above its highest',
    intents: [buyOf(1, 1_000, 90)],
    account: delegated,
    market: delegatedMarket({ maxBuyPrice: price(89) }),
    denial: ['DELEGATION_MAX_BUY', 89, 90],
  },
  {
    name: 'a price below its lowest',
    intents: [listOf(1, 90)],
    account: delegated,
    market: delegatedMarket({ minSellPrice: price(91) }),
    denial: ['DELEGATION_MIN_SELL', 91, 90],
  },
  {
    name: 'its spend limit, unconfirmed buys counted',
    intents: [buyOf(1, 1_000, 90)],
    account: delegated,
    market: delegatedMarket({ spendLeft: microStx(100_000) }),
    request: { openIntents: [openIntent(me, buyOf(2, 1_000, 90), 10_001)] },
    denial: ['DELEGATION_SPEND', 100_000, 100_001],
  },
  {
    name: 'its energy limit, earlier listings counted',
    intents: [listOf(60, 90), listOf(41, 90)],
    account: delegated,
    market: delegatedMarket({ energyLeft: wh(100) }),
    denial: ['DELEGATION_ENERGY', 100, 101],
  },
  { name: 'the own account needs none', intents: [listOf(1, 90)], denial: null },
  // Capacity
  {
    name: 'more intents than the account may send',
    intents: [listOf(1, 90), listOf(1, 90)],
    limits: { intentsPerTurn: 1 },
    denial: ['INTENTS_PER_TURN', 1, 2],
  },
  {
    name: 'a full lane',
    intents: [listOf(1, 90), listOf(1, 90)],
    request: { lanes: [{ operator: me, unconfirmed: 0, entriesLeft: 1, balance: microStx(1_000_000) }] },
    denial: ['LANE_CAPACITY', 1, 0],
  },
];
