import { Cl, ClarityType, type ClarityValue } from '@stacks/transactions';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type BatchCall,
  type EntryCall,
  encodeCall,
  type GridCall,
  type GridErrorName,
  gridErrors,
  reads,
} from '../../src/contract/index.ts';
import { MAX_AMOUNT, type Principal } from '../../src/core/index.ts';
import { declaredErrors, namedErrors } from '../support/contract-errors.ts';
import { actors, freshGrid, type Grid, principalNumber } from '../support/simnet.ts';

const { owner, alice, bob, carol, dave, operator, rival, meter } = actors;
const stranger = principalNumber(99);
const MAX = BigInt(MAX_AMOUNT);
const FAR = 100_000n;
/** Passed by the time that the cases run. */
const SOON = 300n;

type SingleCall = Exclude<GridCall, BatchCall> | EntryCall;
/** Who calls what, and the answer. */
type Case = readonly [Principal, SingleCall, GridErrorName];

const delegate = {
  kind: 'delegateTrading',
  operator,
  spendLimit: 500n,
  energyLimit: 50n,
  maxBuyPrice: 20n,
  minSellPrice: 5n,
  expiresAt: FAR,
} as const;
const reading = { kind: 'recordReading', prosumer: bob, readingId: 11n, produced: 1n, consumed: 1n } as const;
const trade = { kind: 'tradeEnergy', amount: 10n, price: 10n } as const;
const tradeOne = { kind: 'tradeOneFor', seller: alice, amount: 10n, price: 10n, openUntil: FAR } as const;
const buyOne = { kind: 'buyOneFor', buyer: alice, tradeId: 5n, amount: 10n, maxPrice: 100n } as const;

/** Offers of the world below: who, how much, at what price, and what became of it. */
const offers = {
  open: 1n, // alice, 100 at 10
  cancelled: 2n, // alice
  expired: 3n, // alice, 10 at 10, up to SOON
  completed: 4n, // alice, bought by bob
  dear: 5n, // dave, 10 at 30: above the operator's price limit
  large: 6n, // dave, 100 at 10: above the operator's spend limit
};

async function arrange(): Promise<Grid> {
  const grid = await freshGrid();
  for (const who of [alice, bob, carol, dave, rival]) grid.must(who, { kind: 'registerProsumer' });
  grid.must(alice, { kind: 'addEnergy', amount: 1_000n });
  grid.must(alice, { kind: 'addFunds', amount: 100_000n });
  grid.must(bob, { kind: 'addFunds', amount: 100_000n });
  grid.must(dave, { kind: 'addEnergy', amount: MAX });
  grid.must(rival, { kind: 'addEnergy', amount: 200n });
  grid.mint(dave, MAX);
  grid.must(alice, delegate);
  grid.must(carol, delegate);
  grid.must(bob, { ...delegate, expiresAt: SOON });
  grid.must(alice, { kind: 'tradeEnergy', amount: 100n, price: 10n });
  grid.must(alice, { kind: 'tradeEnergy', amount: 1n, price: 1n });
  grid.must(alice, { kind: 'cancelTrade', tradeId: offers.cancelled });
  grid.must(alice, { ...tradeOne, openUntil: SOON });
  grid.must(alice, { kind: 'tradeEnergy', amount: 1n, price: 1n });
  grid.must(bob, { kind: 'buyEnergy', tradeId: offers.completed });
  grid.must(dave, { kind: 'tradeEnergy', amount: 10n, price: 30n });
  grid.must(dave, { kind: 'tradeEnergy', amount: 100n, price: 10n });
  grid.must(dave, { kind: 'addFunds', amount: MAX });
  const entries = Array.from({ length: 100 }, () => ({ seller: rival, amount: 1n, price: 1n }));
  grid.call(rival, { kind: 'tradeEnergyFor', validUntil: FAR, openUntil: FAR, entries });
  grid.must(owner, { kind: 'assignMeter', prosumer: bob, meter });
  grid.must(meter, { ...reading, readingId: 10n });
  grid.must(owner, { kind: 'assignMeter', prosumer: dave, meter });
  grid.mineUntilNextHeightIs(Number(SOON) + 1);
  return grid;
}

const cases: readonly Case[] = [
  [alice, { kind: 'registerProsumer' }, 'alreadyRegistered'],

  [stranger, { kind: 'addEnergy', amount: 0n }, 'notFound'],
  [alice, { kind: 'addEnergy', amount: 0n }, 'invalidAmount'],
  [alice, { kind: 'addEnergy', amount: MAX + 1n }, 'invalidAmount'],
  [alice, { kind: 'addEnergy', amount: 2n ** 128n - 1n }, 'invalidAmount'],
  [alice, { kind: 'addEnergy', amount: MAX }, 'balanceCap'],
  [dave, { kind: 'addEnergy', amount: 1n }, 'balanceCap'],

  [stranger, { kind: 'consumeEnergy', amount: 0n }, 'notFound'],
  [alice, { kind: 'consumeEnergy', amount: 0n }, 'invalidAmount'],
  [alice, { kind: 'consumeEnergy', amount: MAX + 1n }, 'invalidAmount'],
  [alice, { kind: 'consumeEnergy', amount: 900n }, 'insufficientEnergy'],

  [stranger, { kind: 'addFunds', amount: 0n }, 'notFound'],
  [alice, { kind: 'addFunds', amount: 0n }, 'invalidAmount'],
  [alice, { kind: 'addFunds', amount: MAX + 1n }, 'invalidAmount'],
  [dave, { kind: 'addFunds', amount: 1n }, 'balanceCap'],
  [carol, { kind: 'addFunds', amount: MAX }, 'transferInsufficientBalance'],

  [stranger, { kind: 'withdrawFunds', amount: 0n }, 'notFound'],
  [alice, { kind: 'withdrawFunds', amount: 0n }, 'invalidAmount'],
  [alice, { kind: 'withdrawFunds', amount: MAX + 1n }, 'invalidAmount'],
  [alice, { kind: 'withdrawFunds', amount: 100_002n }, 'insufficientFunds'],

  [stranger, { ...trade, amount: 0n }, 'notFound'],
  [alice, { ...trade, amount: 0n, price: 0n }, 'invalidAmount'],
  [alice, { ...trade, amount: MAX + 1n }, 'invalidAmount'],
  [alice, { ...trade, price: 0n }, 'invalidPrice'],
  [alice, { ...trade, price: MAX + 1n }, 'invalidPrice'],
  [alice, { ...trade, amount: 2n, price: MAX / 2n + 1n }, 'invalidPrice'],
  [carol, trade, 'insufficientEnergy'],
  [rival, { ...trade, amount: 101n }, 'insufficientEnergy'],
  [rival, { ...trade, amount: 1n }, 'tooManyOpenTrades'],

  [stranger, { kind: 'buyEnergy', tradeId: 0n }, 'notFound'],
  [bob, { kind: 'buyEnergy', tradeId: 0n }, 'tradeNotFound'],
  [bob, { kind: 'buyEnergy', tradeId: 2n ** 128n - 1n }, 'tradeNotFound'],
  [alice, { kind: 'buyEnergy', tradeId: offers.cancelled }, 'tradeNotOpen'],
  [bob, { kind: 'buyEnergy', tradeId: offers.completed }, 'tradeNotOpen'],
  [alice, { kind: 'buyEnergy', tradeId: offers.expired }, 'pastHeight'],
  [alice, { kind: 'buyEnergy', tradeId: offers.open }, 'selfTrade'],
  [carol, { kind: 'buyEnergy', tradeId: offers.open }, 'insufficientFunds'],
  [dave, { kind: 'buyEnergy', tradeId: offers.open }, 'balanceCap'],
  [bob, { kind: 'buyEnergy', tradeId: offers.dear }, 'balanceCap'],

  [stranger, { kind: 'cancelTrade', tradeId: 0n }, 'tradeNotFound'],
  [stranger, { kind: 'cancelTrade', tradeId: offers.cancelled }, 'tradeNotOpen'],
  [bob, { kind: 'cancelTrade', tradeId: offers.open }, 'unauthorized'],
  [operator, { kind: 'cancelTrade', tradeId: offers.open }, 'unauthorized'],

  [stranger, { ...delegate, operator: stranger }, 'notFound'],
  [alice, { ...delegate, operator: alice, energyLimit: MAX + 1n }, 'unauthorized'],
  [alice, { ...delegate, energyLimit: MAX + 1n, spendLimit: MAX + 1n }, 'invalidAmount'],
  [alice, { ...delegate, spendLimit: MAX + 1n, expiresAt: 0n }, 'invalidPrice'],
  [alice, { ...delegate, maxBuyPrice: MAX + 1n }, 'invalidPrice'],
  [alice, { ...delegate, minSellPrice: MAX + 1n }, 'invalidPrice'],
  [alice, { ...delegate, expiresAt: SOON }, 'pastHeight'],
  [alice, { ...delegate, expiresAt: MAX + 1n }, 'pastHeight'],

  [stranger, { kind: 'revokeDelegation', operator }, 'notFound'],
  [alice, { kind: 'revokeDelegation', operator: bob }, 'unauthorized'],

  [operator, { ...buyOne, buyer: stranger }, 'notFound'],
  [bob, { ...buyOne, tradeId: 0n }, 'unauthorized'],
  [operator, { ...buyOne, buyer: bob, tradeId: 0n }, 'delegationExpired'],
  [operator, { ...buyOne, tradeId: 0n }, 'tradeNotFound'],
  [operator, { ...buyOne, tradeId: offers.completed }, 'tradeNotOpen'],
  [operator, { ...buyOne, tradeId: offers.expired, amount: 9n }, 'pastHeight'],
  [operator, { ...buyOne, amount: 9n }, 'termsDiffer'],
  [operator, { ...buyOne, amount: 11n }, 'termsDiffer'],
  [operator, { ...buyOne, maxPrice: 29n }, 'termsDiffer'],
  [operator, { ...buyOne, tradeId: offers.open, amount: 100n, maxPrice: 9n }, 'termsDiffer'],
  [operator, { ...buyOne, tradeId: offers.open, amount: 100n }, 'selfTrade'],
  [operator, buyOne, 'priceLimit'],
  [operator, { ...buyOne, tradeId: offers.large, amount: 100n }, 'spendLimit'],
  [operator, { ...buyOne, buyer: carol, tradeId: 7n, amount: 1n }, 'insufficientFunds'],
  [dave, { ...buyOne, buyer: dave, tradeId: 7n, amount: 1n }, 'balanceCap'],
  [alice, { ...buyOne, maxPrice: 30n }, 'balanceCap'],

  [operator, { ...tradeOne, seller: stranger }, 'notFound'],
  [bob, { ...tradeOne, amount: 0n }, 'unauthorized'],
  [operator, { ...tradeOne, seller: bob, amount: 0n }, 'delegationExpired'],
  [operator, { ...tradeOne, amount: 0n, price: 0n }, 'invalidAmount'],
  [operator, { ...tradeOne, amount: 2n ** 128n - 1n }, 'invalidAmount'],
  [operator, { ...tradeOne, price: 0n, openUntil: 0n }, 'invalidPrice'],
  [operator, { ...tradeOne, price: MAX }, 'invalidPrice'],
  [operator, { ...tradeOne, openUntil: SOON, price: 1n }, 'pastHeight'],
  [operator, { ...tradeOne, openUntil: MAX + 1n }, 'pastHeight'],
  [operator, { ...tradeOne, price: 4n, amount: 51n }, 'priceLimit'],
  [operator, { ...tradeOne, amount: 51n }, 'energyLimit'],
  [operator, { ...tradeOne, seller: carol }, 'insufficientEnergy'],
  [rival, { ...tradeOne, seller: rival, amount: 1n }, 'tooManyOpenTrades'],

  [operator, { kind: 'cancelOneFor', seller: alice, tradeId: 0n }, 'tradeNotFound'],
  [operator, { kind: 'cancelOneFor', seller: bob, tradeId: offers.cancelled }, 'tradeNotOpen'],
  [alice, { kind: 'cancelOneFor', seller: bob, tradeId: offers.open }, 'termsDiffer'],
  [operator, { kind: 'cancelOneFor', seller: alice, tradeId: offers.open }, 'unauthorized'],

  [meter, { ...reading, prosumer: stranger }, 'notFound'],
  [bob, reading, 'unauthorized'],
  [meter, { ...reading, prosumer: alice }, 'unauthorized'],
  [meter, { ...reading, readingId: 10n }, 'invalidAmount'],
  [meter, { ...reading, readingId: MAX + 1n }, 'invalidAmount'],
  [meter, { ...reading, produced: MAX + 1n }, 'invalidAmount'],
  [meter, { ...reading, consumed: 2n ** 128n - 1n }, 'invalidAmount'],
  [meter, { ...reading, produced: MAX, consumed: 0n }, 'balanceCap'],
  [meter, { ...reading, prosumer: dave, produced: 1n, consumed: 0n }, 'balanceCap'],

  [alice, { kind: 'setEnergyPrice', price: 0n }, 'ownerOnly'],
  [owner, { kind: 'setEnergyPrice', price: 0n }, 'invalidPrice'],
  [owner, { kind: 'setEnergyPrice', price: MAX + 1n }, 'invalidPrice'],
  [alice, { kind: 'requireMeters', required: true }, 'ownerOnly'],
  [alice, { kind: 'assignMeter', prosumer: stranger, meter }, 'ownerOnly'],
  [owner, { kind: 'assignMeter', prosumer: stranger, meter }, 'notFound'],
];

/** Once the owner requires meters; alice, carol and rival have none. */
const meteredCases: readonly Case[] = [
  [alice, { kind: 'addEnergy', amount: 0n }, 'unauthorized'],
  [dave, { kind: 'addEnergy', amount: 1n }, 'unauthorized'],
  [alice, { kind: 'consumeEnergy', amount: 0n }, 'unauthorized'],
  [alice, trade, 'unauthorized'],
  [bob, { kind: 'buyEnergy', tradeId: offers.open }, 'unauthorized'],
  [operator, { ...tradeOne, price: 1n }, 'unauthorized'],
  [operator, { ...buyOne, buyer: carol, tradeId: offers.open, amount: 100n, maxPrice: 10n }, 'unauthorized'],
];

/** Named by code that a function shares with another, but out of its own reach. */
const beyondReach: Readonly<Record<string, readonly GridErrorName[]>> = {
  // On its own account a caller needs no grant, and these two calls name neither a height nor terms.
  tradeEnergy: ['delegationExpired', 'energyLimit', 'pastHeight', 'priceLimit'],
  buyEnergy: ['delegationExpired', 'priceLimit', 'spendLimit', 'termsDiffer'],
  // The seller of a trade is always registered; the seed's cancel names no seller.
  cancelTrade: ['notFound', 'termsDiffer'],
  cancelOneFor: ['notFound'],
};

const title = ([caller, call]: Case): string => {
  const who = Object.entries(actors).find(([, address]) => address === caller)?.[0] ?? 'a stranger';
  const { kind, ...values } = call;
  const shown = Object.entries(values).map(([name, value]) => `${name} ${typeof value === 'bigint' ? value : '…'}`);
  return `${kind} by ${who}: ${shown.join(', ')}`;
};

let grid: Grid;
beforeAll(async () => {
  grid = await arrange();
});

function refuse([caller, call, error]: Case): void {
  const { height: _, ...before } = grid.read(reads.market());
  const { result, events } = grid.call<GridCall | EntryCall>(caller, call);
  expect(result).toEqual({ ok: false, error, code: gridErrors[error] });
  expect(events).toEqual([]);
  expect(grid.read(reads.market())).toMatchObject(before);
}

describe('error: every refusal by its code, the first failing check first, and nothing changes', () => {
  it.each(cases.map((row) => [row[2], title(row), row] as const))('%s: %s', (_error, _title, row) => refuse(row));
});

describe('error: once meters are required', () => {
  beforeAll(() => {
    grid.must(owner, { kind: 'requireMeters', required: true });
  });
  it.each(meteredCases.map((row) => [row[2], title(row), row] as const))('%s: %s', (_error, _title, row) =>
    refuse(row),
  );
});

describe('error: a batch as a whole', () => {
  const entries = [{ buyer: alice, seller: alice, tradeId: 1n, amount: 1n, maxPrice: 1n, price: 1n }];
  const batches: readonly BatchCall[] = [
    { kind: 'buyEnergyFor', validUntil: FAR, entries },
    { kind: 'tradeEnergyFor', validUntil: FAR, openUntil: FAR, entries },
    { kind: 'cancelTradeFor', validUntil: FAR, entries },
  ];

  it.each(batches)('pastHeight: $kind after its last height', (batch) => {
    const answer = grid.call(operator, { ...batch, validUntil: BigInt(grid.nextHeight()) - 1n }).result;
    expect(answer).toMatchObject({ ok: false, error: 'pastHeight' });
  });

  it('pastHeight: tradeEnergyFor with offers that would have passed, or never pass', () => {
    for (const openUntil of [BigInt(grid.nextHeight()) - 1n, MAX + 1n]) {
      const answer = grid.call(operator, { kind: 'tradeEnergyFor', validUntil: FAR, openUntil, entries }).result;
      expect(answer).toMatchObject({ ok: false, error: 'pastHeight' });
    }
  });

  it.each(batches)('listLengthsDiffer: $kind with any one list shorter', (batch) => {
    const { functionName, functionArgs } = encodeCall(batch);
    const lists = functionArgs.flatMap((value, index) => (value.type === ClarityType.List ? [index] : []));
    expect(lists.length).toBeGreaterThanOrEqual(2);
    for (const short of lists) {
      const args: ClarityValue[] = functionArgs.map((value, index) => (index === short ? Cl.list([]) : value));
      const { result } = grid.callThrough(operator, gridId(), functionName, args);
      expect(result).toMatchObject({ ok: false, error: 'listLengthsDiffer' });
    }
  });
});

const gridId = (): Principal => `${owner}.energy-grid` as Principal;

describe('the tables above', () => {
  it('default: the binding names exactly the errors that the contract declares', () => {
    const { transferInsufficientBalance, transferSameParty, transferNotPositive, transferNotSender, ...own } =
      gridErrors;
    expect(declaredErrors()).toEqual(own);
    expect([transferInsufficientBalance, transferSameParty, transferNotPositive, transferNotSender]).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('behavior: hold every error of every function, or say why it cannot occur', () => {
    const shown = [...cases, ...meteredCases].map(([, call, error]) => `${call.kind}: ${error}`);
    const batches = { buyEnergyFor: 0, tradeEnergyFor: 0, cancelTradeFor: 0 };
    const named = Object.entries(namedErrors()).filter(([name]) => !(name in batches));
    expect(named.length).toBe(17);
    const missing = named.flatMap(([name, errors]) =>
      errors
        .filter((error) => !shown.includes(`${name}: ${error}`) && !beyondReach[name]?.includes(error))
        .map((error) => `${name}: ${error}`),
    );
    expect(missing).toEqual([]);
    for (const batch of Object.keys(batches)) {
      expect(namedErrors()[batch]).toEqual(['listLengthsDiffer', 'pastHeight']);
    }
  });
});
