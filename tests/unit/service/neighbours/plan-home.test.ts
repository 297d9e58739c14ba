import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GridCall } from '../../../../src/contract/index.ts';
import { height, microStx, seededRandom } from '../../../../src/core/index.ts';
import { netEnergy } from '../../../../src/service/neighbours/model/energy.ts';
import type { Home } from '../../../../src/service/neighbours/model/home.ts';
import type { HomeView } from '../../../../src/service/neighbours/plan/home-view.ts';
import { planHome } from '../../../../src/service/neighbours/plan/plan-home.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';
import { consumer, holdings, me, neighbour, offer, producer, SLOT, view } from './scene.ts';

const plan = (home: Home, seen: HomeView, seed = 1): readonly GridCall[] =>
  planHome(seen, home, SLOT, seededRandom(seed));
const kinds = (calls: readonly GridCall[]): string[] => calls.map(({ kind }) => kind);
const ofKind = <Kind extends GridCall['kind']>(calls: readonly GridCall[], kind: Kind) =>
  calls.filter((call): call is Extract<GridCall, { kind: Kind }> => call.kind === kind);

/** The meter is due: four slots are not accounted for. */
const due = { meteredUntil: SLOT - 4 };
const full = holdings({ energy: 9_000 });

describe('moving in', () => {
  it('behavior: a home that produces registers, pays in, brings its store and offers of it at once', () => {
    const calls = plan(producer, view({ holdings: null }));
    expect(kinds(calls)).toEqual(['registerProsumer', 'addFunds', 'addEnergy', 'tradeEnergy', 'tradeEnergy']);
    const [store] = ofKind(calls, 'addEnergy');
    const offered = ofKind(calls, 'tradeEnergy').reduce((sum, { amount }) => sum + amount, 0n);
    expect(offered).toBeLessThanOrEqual(store!.amount);
  });

  it('behavior: a home that only consumes registers and pays in', () => {
    expect(kinds(plan(consumer, view({ holdings: null })))).toEqual(['registerProsumer', 'addFunds']);
  });

  it('behavior: it pays in what its STX allow, and nothing when they do not', () => {
    const poor = plan(consumer, view({ holdings: null, stx: microStx(1_100_000) }));
    expect(ofKind(poor, 'addFunds')).toEqual([{ kind: 'addFunds', amount: 1_000_000n }]);
    expect(kinds(plan(consumer, view({ holdings: null, stx: microStx(100_000) })))).toEqual(['registerProsumer']);
  });
});

describe('accounting', () => {
  it('behavior: a producer adds the net energy of all slots since the last time', () => {
    const [first] = plan(producer, view(due));
    const net = netEnergy(view().world, producer, SLOT - 4, SLOT);
    expect(net).toBeGreaterThan(0);
    expect(first).toEqual({ kind: 'addEnergy', amount: BigInt(net) });
  });

  it.each([
    { energy: 5_000, consumed: -netEnergy(view().world, consumer, SLOT - 4, SLOT) },
    { energy: 7, consumed: 7 },
  ])('behavior: of $energy Wh a consumer consumes what it needs, as far as it has it', ({ energy, consumed }) => {
    expect(plan(consumer, view({ ...due, holdings: holdings({ energy }) }))[0]).toEqual({
      kind: 'consumeEnergy',
      amount: BigInt(consumed),
    });
  });

  it.each([
    { name: 'a consumer without energy', home: consumer, seen: view({ ...due, holdings: holdings() }) },
    { name: 'a full battery', home: producer, seen: view({ ...due, holdings: holdings({ energy: 12_000 }) }) },
    { name: 'a meter that is not due', home: producer, seen: view() },
  ])('behavior: $name reports nothing', ({ home, seen }) => {
    const calls = kinds(plan(home, seen));
    expect(calls).not.toContain('addEnergy');
    expect(calls).not.toContain('consumeEnergy');
  });

  it('behavior: it pays in again when its funds run low', () => {
    const low = plan(consumer, view({ ...due, holdings: holdings({ funds: 499_999 }) }));
    expect(ofKind(low, 'addFunds')).toEqual([{ kind: 'addFunds', amount: 5_000_000n }]);
    expect(kinds(plan(consumer, view({ ...due, holdings: holdings({ funds: 500_000 }) })))).not.toContain('addFunds');
  });
});

describe('buying', () => {
  const bought = (seen: HomeView, home = consumer): bigint[] =>
    ofKind(plan(home, seen), 'buyEnergy').map(({ tradeId }) => tradeId);

  it.each([
    { name: 'at its highest price', parts: { price: 100 }, buys: true },
    { name: 'above its highest price', parts: { price: 101 }, buys: false },
    { name: 'three blocks old', parts: { age: 3 }, buys: true },
    { name: 'two blocks old', parts: { age: 2 }, buys: false },
    { name: 'of its own', parts: { seller: me }, buys: false },
    { name: 'of more than twice what it wants', parts: { amount: 9_000 }, buys: false },
    { name: 'that expires before a transaction can arrive', parts: { openUntil: height(SLOT + 1) }, buys: false },
    { name: 'with an expiry further off', parts: { openUntil: height(SLOT + 2) }, buys: true },
  ])('behavior: an offer $name: $buys', ({ parts, buys }) => {
    expect(bought(view({ offers: [offer({ id: 7, ...parts })] }))).toEqual(buys ? [7n] : []);
  });

  it('behavior: not what it cannot pay', () => {
    const offers = [offer({ id: 1 }), offer({ id: 2 })];
    expect(bought(view({ offers, holdings: holdings({ funds: 45_000 }) }))).toHaveLength(1);
    expect(bought(view({ offers, holdings: holdings({ funds: 44_999 }) }))).toEqual([]);
  });

  it('behavior: nothing while it has enough, its open offers included', () => {
    const offers = [offer({ id: 1 })];
    expect(bought(view({ offers, holdings: holdings({ energy: 6_000 }) }))).toEqual([]);
    expect(bought(view({ offers, holdings: holdings({ escrowed: 6_000 }) }))).toEqual([]);
  });

  it('behavior: every third slot, and not all homes in the same one', () => {
    const looks = [0, 1, 2].map((index) => bought(view({ offers: [offer({ id: 1 })] }), { ...consumer, index }).length);
    expect(looks).toEqual([1, 0, 0]);
  });
});

describe('offering', () => {
  it('behavior: up to two lots of what it will not need itself, at prices of its temperament', () => {
    const lots = ofKind(plan(producer, view({ ...due, holdings: full })), 'tradeEnergy');
    expect(lots).toHaveLength(2);
    for (const { amount, price } of lots) {
      expect(amount % 50n).toBe(0n);
      expect(amount >= 300n && amount <= 1_000n).toBe(true);
      expect(price >= 90n && price <= 100n).toBe(true);
    }
  });

  it('behavior: none where six are open, none where it needs its energy, none while no meter is due', () => {
    const six = Array.from({ length: 6 }, (_, index) => offer({ id: index + 1, seller: me }));
    expect(kinds(plan(producer, view({ ...due, holdings: full, offers: six })))).not.toContain('tradeEnergy');
    expect(kinds(plan(consumer, view({ ...due, holdings: holdings({ energy: 300 }) })))).not.toContain('tradeEnergy');
    expect(kinds(plan(producer, view({ holdings: full })))).toEqual([]);
  });

  it.each([
    { name: 'that waited for its patience', parts: { age: 10 }, cancels: true },
    { name: 'that waited a block less', parts: { age: 9 }, cancels: false },
    { name: 'far above the energy price', parts: { price: 129 }, cancels: true },
    { name: 'somewhat above the energy price', parts: { price: 128 }, cancels: false },
    { name: 'of a neighbour', parts: { age: 10, seller: neighbour }, cancels: false },
  ])('behavior: it takes back an offer $name: $cancels', ({ parts, cancels }) => {
    const calls = plan(producer, view({ ...due, offers: [offer({ id: 7, seller: me, ...parts })] }));
    expect(ofKind(calls, 'cancelTrade')).toEqual(cancels ? [{ kind: 'cancelTrade', tradeId: 7n }] : []);
  });
});

describe('any plan', () => {
  it(
    'property: at most five calls that the home can pay for, and the same ones for the same random source',
    () => {
      const anyOffer = fc.record({
        id: fc.integer({ min: 1, max: 1_000 }),
        seller: fc.constantFrom(me, neighbour),
        amount: fc.integer({ min: 1, max: 5_000 }),
        price: fc.integer({ min: 1, max: 300 }),
        age: fc.integer({ min: 0, max: 30 }),
      });
      fc.assert(
        fc.property(
          fc.constantFrom(consumer, producer),
          fc.uniqueArray(anyOffer, { selector: ({ id }) => id, maxLength: 20 }),
          fc.record({
            energy: fc.integer({ min: -1_000, max: 20_000 }),
            escrowed: fc.nat(5_000),
            funds: fc.nat(2_000_000),
          }),
          fc.integer({ min: 1, max: 40 }),
          fc.integer(),
          (home, offers, held, since, seed) => {
            const seen = view({
              offers: offers.map(offer),
              holdings: holdings(held),
              meteredUntil: SLOT - since,
            });
            const calls = plan(home, seen, seed);
            expect(plan(home, seen, seed)).toEqual(calls);
            expect(calls.length).toBeLessThanOrEqual(5);
            const sum = (numbers: readonly bigint[]): number => Number(numbers.reduce((a, b) => a + b, 0n));
            const amounts = (kind: 'addEnergy' | 'consumeEnergy' | 'tradeEnergy'): number =>
              sum(ofKind(calls, kind).map(({ amount }) => amount));
            const left = held.energy + amounts('addEnergy') - amounts('consumeEnergy');
            expect(left).toBeGreaterThanOrEqual(Math.min(held.energy, 0));
            expect(amounts('tradeEnergy')).toBeLessThanOrEqual(Math.max(0, left));
            const buys = ofKind(calls, 'buyEnergy').map(
              ({ tradeId }) => seen.market.offers.find(({ id }) => BigInt(id) === tradeId)!,
            );
            expect(buys.every(({ seller }) => seller !== me)).toBe(true);
            expect(buys.reduce((cost, { cost: one }) => cost + one, 0)).toBeLessThanOrEqual(held.funds);
            expect(new Set(buys).size).toBe(buys.length);
          },
        ),
        fuzzParameters('any plan of a home', { runs: 500 }),
      );
    },
    FUZZ_TIMEOUT,
  );
});
