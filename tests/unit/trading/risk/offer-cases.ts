import { height, MAX_AMOUNT, wh } from '../../../../src/core/index.ts';
import { accountOf, botOperator, buyOf, cancelOf, listOf, neighbour, openIntent } from '../../../support/turn-scene.ts';
import { me, type RiskCase } from './risk-case.ts';

const delegated = { operators: [botOperator] };

/** Examples of halt states, data age, offers and their terms, meters and prices. */
export const offerCases: readonly RiskCase[] = [
  // Halt states
  {
    name: 'halted: not even a cancel',
    intents: [cancelOf(3, 100)],
    request: { haltState: 'halted' },
    denial: ['HALTED', 'active', 'halted'],
  },
  {
    name: 'reducing: no buy',
    intents: [buyOf(1, 1_000, 90)],
    request: { haltState: 'reducing' },
    denial: ['REDUCING', 'cancel or list', 'buy'],
  },
  { name: 'reducing: a cancel', intents: [cancelOf(3, 100)], request: { haltState: 'reducing' }, denial: null },
  {
    name: 'reducing: a listing of surplus',
    intents: [listOf(2_000, 90)],
    request: { haltState: 'reducing' },
    account: { targetWh: wh(8_000) },
    denial: null,
  },
  {
    name: 'reducing: no listing below the stated need',
    intents: [listOf(1_000, 90), listOf(1_001, 90)],
    request: { haltState: 'reducing' },
    account: { targetWh: wh(8_000) },
    denial: ['REDUCING', 8_000, 7_999],
  },
  // Stale data
  {
    name: 'data three blocks behind',
    intents: [listOf(1, 90)],
    request: { lastPoll: { atMs: 1_000_000, height: height(997) } },
    denial: null,
  },
  {
    name: 'data four blocks behind',
    intents: [listOf(1, 90)],
    request: { lastPoll: { atMs: 1_000_000, height: height(996) } },
    denial: ['STALE_DATA', 3, 4],
  },
  {
    name: 'data 120 s old',
    intents: [listOf(1, 90)],
    request: { lastPoll: { atMs: 880_000, height: height(1_000) } },
    denial: null,
  },
  {
    name: 'data older than 120 s',
    intents: [listOf(1, 90)],
    request: { lastPoll: { atMs: 879_999, height: height(1_000) } },
    denial: ['STALE_DATA', 120, 121],
  },
  // Offers and terms
  { name: 'an offer that is not there', intents: [buyOf(99, 1, 90)], denial: ['UNKNOWN_OFFER', 'an open offer', 99] },
  {
    name: 'an offer that expires with the tip',
    intents: [buyOf(1, 1_000, 90)],
    market: { offers: [{ id: 1, amount: 1_000, price: 90, openUntil: 1_000 }] },
    denial: ['UNKNOWN_OFFER', 1_000, 1],
  },
  {
    name: 'an offer that lives one block more',
    intents: [buyOf(1, 1_000, 90)],
    market: { offers: [{ id: 1, amount: 1_000, price: 90, openUntil: 1_001 }] },
    denial: null,
  },
  {
    name: 'the same offer twice',
    intents: [buyOf(1, 1_000, 90), buyOf(1, 1_000, 90)],
    denial: ['OFFER_TAKEN', 'one claim', 1],
  },
  {
    name: 'an offer that an unconfirmed buy holds',
    intents: [buyOf(1, 1_000, 90)],
    request: { openIntents: [openIntent(accountOf(7), buyOf(1, 1_000, 90), 90_000)] },
    denial: ['OFFER_TAKEN', 'one claim', 1],
  },
  {
    name: 'a cancel that is under way',
    intents: [cancelOf(3, 100)],
    request: { openIntents: [openIntent(me, cancelOf(3, 100))] },
    denial: ['OFFER_TAKEN', 'one claim', 3],
  },
  {
    name: 'its own offer',
    intents: [buyOf(3, 100, 95)],
    allowOwnTrades: true,
    denial: ['OWN_TRADE', 'an offer of someone else', me],
  },
  {
    name: "another own account's offer",
    intents: [buyOf(4, 10, 90)],
    market: { offers: [{ id: 4, amount: 10, price: 90, seller: accountOf(1) }] },
    denial: ['OWN_TRADE', 'an offer of someone else', accountOf(1)],
  },
  {
    name: "another own account's offer where that is wanted",
    intents: [buyOf(4, 10, 90)],
    allowOwnTrades: true,
    market: { offers: [{ id: 4, amount: 10, price: 90, seller: accountOf(1) }] },
    denial: null,
  },
  { name: 'another amount than offered', intents: [buyOf(1, 999, 90)], denial: ['TERMS_DIFFER', 1_000, 999] },
  { name: 'a highest price below the price', intents: [buyOf(1, 1_000, 89)], denial: ['TERMS_DIFFER', 90, 89] },
  { name: 'a cancel of another amount', intents: [cancelOf(3, 99)], denial: ['TERMS_DIFFER', 100, 99] },
  { name: "a neighbour's offer cancelled", intents: [cancelOf(1, 1_000)], denial: ['NOT_CANCELLABLE', me, neighbour] },
  {
    name: 'a listing that the operator did not make, cancelled',
    intents: [cancelOf(3, 100)],
    account: delegated,
    denial: ['NOT_CANCELLABLE', botOperator, me],
  },
  {
    name: 'one that the operator made, cancelled',
    intents: [cancelOf(3, 100)],
    account: delegated,
    market: { offers: [{ id: 3, amount: 100, price: 95, seller: me, lister: botOperator }] },
    denial: null,
  },
  {
    name: 'one past its height, cancelled by anyone',
    intents: [cancelOf(3, 100)],
    account: delegated,
    market: { offers: [{ id: 3, amount: 100, price: 95, seller: me, openUntil: 1_000 }] },
    denial: null,
  },
  {
    name: 'an amount of zero',
    intents: [listOf(0, 90)],
    denial: ['INVALID_TERMS', `1 to ${MAX_AMOUNT}`, '0 Wh at 90'],
  },
  {
    name: 'a cost beyond the contract',
    intents: [listOf(2 ** 30, 2 ** 30)],
    denial: ['INVALID_TERMS', `1 to ${MAX_AMOUNT}`, `${2 ** 30} Wh at ${2 ** 30}`],
  },
  {
    name: 'a listing that is over before it is seen',
    intents: [listOf(1, 90, 1_001)],
    denial: ['OPEN_UNTIL', 1_002, 1_001],
  },
  // Attestation
  {
    name: 'an unmetered seller where the account wants meters',
    intents: [buyOf(1, 1_000, 90)],
    limits: { attestedSellersOnly: true },
    denial: ['UNATTESTED_SELLER', 'a metered seller', neighbour],
  },
  {
    name: 'a metered seller',
    intents: [buyOf(1, 1_000, 90)],
    limits: { attestedSellersOnly: true },
    market: { metered: [neighbour] },
    denial: null,
  },
  {
    name: 'an unmetered account lists where the contract requires meters',
    intents: [listOf(1, 90)],
    market: { metersRequired: true },
    denial: ['UNATTESTED_SELLER', 'a metered seller', me],
  },
  {
    name: 'an unmetered account lists where only its own wish is for meters',
    intents: [listOf(1, 90)],
    limits: { attestedSellersOnly: true },
    denial: null,
  },
  // Price band
  { name: 'a buy above the band', intents: [buyOf(1, 1_000, 181)], denial: ['PRICE_BAND', 180, 181] },
  {
    name: 'a buy far below it',
    intents: [buyOf(5, 10, 1)],
    market: { offers: [{ id: 5, amount: 10, price: 1 }] },
    denial: null,
  },
  { name: 'a listing below the band', intents: [listOf(10, 19)], denial: ['PRICE_BAND', 20, 19] },
  { name: 'a listing above the band', intents: [listOf(10, 181)], denial: ['PRICE_BAND', 180, 181] },
  {
    name: 'a band that rounds to the inside',
    intents: [listOf(10, 3)],
    market: { energyPrice: 11 },
    limits: { priceBandPercent: 75 },
    denial: null,
  },
];
