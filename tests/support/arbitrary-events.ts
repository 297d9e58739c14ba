import fc from 'fast-check';
import type { GridEvent, GridEventBody } from '../../src/contract/index.ts';
import { MAX_AMOUNT } from '../../src/core/index.ts';
import { testPrincipal } from './test-principal.ts';

const whole = (min: number, max: number): fc.Arbitrary<never> =>
  fc.oneof({ weight: 4, arbitrary: fc.integer({ min, max }) }, fc.constantFrom(min, max)) as fc.Arbitrary<never>;
const who = fc.integer({ min: 1, max: 9 }).map(testPrincipal);
const amount = whole(1, MAX_AMOUNT);
const balance = whole(-MAX_AMOUNT, MAX_AMOUNT);
const natural = whole(0, MAX_AMOUNT);
const number = whole(1, 0xffff_fffe);

const energyGrant = fc.option(fc.record({ id: number, energyLeft: natural }), { nil: null });
const spendGrant = fc.option(fc.record({ id: number, spendLeft: natural }), { nil: null });
const parties = { tradeId: number, seller: who, operator: who };
const prosumer = { prosumer: who };
const pair = { prosumer: who, operator: who, grantId: number };
const is = fc.constant;

/** A purchase whose cost is within the contract's range, as every purchase's is. */
const bought = fc
  .record({
    ...parties,
    topic: is('trade-bought' as const),
    buyer: who,
    amount: whole(1, 2 ** 26),
    price: whole(1, 2 ** 27 - 1),
    buyerEnergy: balance,
    buyerFunds: natural,
    sellerEnergy: balance,
    sellerFunds: natural,
    grant: spendGrant,
  })
  .map((event) => ({ ...event, cost: (event.amount * event.price) as never }));

const bodies: fc.Arbitrary<GridEventBody> = fc.oneof(
  fc.record({ topic: is('prosumer-registered' as const), ...prosumer }),
  fc.record({
    topic: fc.constantFrom('energy-added' as const, 'energy-consumed' as const),
    ...prosumer,
    amount,
    energyBalance: balance,
  }),
  fc.record({
    topic: fc.constantFrom('funds-added' as const, 'funds-withdrawn' as const),
    ...prosumer,
    amount,
    fundsBalance: natural,
  }),
  fc.record({
    topic: is('trade-listed' as const),
    ...parties,
    amount,
    price: amount,
    openUntil: fc.option(natural, { nil: null }),
    energyBalance: balance,
    grant: energyGrant,
  }),
  fc.record({ topic: is('trade-cancelled' as const), ...parties, amount, energyBalance: balance, grant: energyGrant }),
  bought,
  fc.record({ topic: is('energy-price-set' as const), price: amount }),
  fc.record({ topic: is('meters-required' as const), required: fc.boolean() }),
  fc.record({ topic: is('meter-assigned' as const), ...prosumer, meter: who }),
  fc.record({
    topic: is('reading-recorded' as const),
    ...prosumer,
    meter: who,
    readingId: natural as fc.Arbitrary<number>,
    produced: natural,
    consumed: natural,
    energyBalance: balance,
  }),
  fc.record({
    topic: is('delegation-granted' as const),
    ...pair,
    spendLimit: natural,
    energyLimit: natural,
    maxBuyPrice: natural,
    minSellPrice: natural,
    expiresAt: natural,
  }),
  fc.record({ topic: is('delegation-revoked' as const), ...pair }),
);

/** Events of every topic in any order, numbered without gaps, over a few blocks; not a history that the contract allows. */
export const arbitraryEvents: fc.Arbitrary<readonly GridEvent[]> = fc
  .record({
    first: fc.integer({ min: 1, max: 2 ** 40 }),
    height: fc.integer({ min: 0, max: 2 ** 31 }),
    steps: fc.array(fc.tuple(bodies, fc.nat(3)), { minLength: 1, maxLength: 60 }),
  })
  .map(({ first, height, steps }) => {
    let at = height;
    return steps.map(([body, later], index) => {
      at += later;
      return { ...body, sequence: first + index, height: at } as unknown as GridEvent;
    });
  });
