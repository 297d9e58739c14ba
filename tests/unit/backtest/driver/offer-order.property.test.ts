import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OfferOrder } from '../../../../backtest/driver/offer-order.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';

interface Offer {
  readonly slot: number;
  readonly id: number;
  readonly price: number;
  readonly amount: number;
}

/** Questions enough for the sorted part to shrink again. */
const MANY = 1_100;
const price = fc.integer({ min: 1, max: 40 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert'), price }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove'), price }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('place', 'count', 'all'), price }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('many'), price }) },
);

describe('the order of the book', () => {
  it(
    'property: what was asked for is in order, by price and then by id, whatever came and went',
    () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
          const order = new OfferOrder();
          let offers: Offer[] = [];
          const free: number[] = [];
          const check = (places: number) => {
            for (let place = 0; place < places; place += 1) {
              const { slot, amount } = offers[place] as Offer;
              expect([order.slotAt(place), order.amountAt(place)]).toEqual([slot, amount]);
            }
          };
          for (const [index, { kind, price: asked }] of steps.entries()) {
            const upTo = offers.filter((offer) => offer.price <= asked).length;
            switch (kind) {
              case 'insert': {
                const offer = { slot: free.pop() ?? offers.length + 1, id: index + 1, price: asked, amount: index };
                order.insert(offer.slot, offer);
                offers = [...offers, offer].sort((a, b) => a.price - b.price || a.id - b.id);
                break;
              }
              case 'remove': {
                const gone = offers[(asked * 7) % Math.max(offers.length, 1)];
                expect(order.remove(1, -1)).toBe(false);
                if (gone === undefined) break;
                expect(order.remove(gone.slot, gone.id)).toBe(true);
                offers = offers.filter((offer) => offer !== gone);
                free.push(gone.slot);
                break;
              }
              case 'place':
                check(Math.min(asked, offers.length));
                break;
              case 'many':
                for (let count = 0; count < MANY; count += 1) order.countUpTo(asked);
                break;
              case 'all':
                expect(order.countUpTo(Number.POSITIVE_INFINITY)).toBe(offers.length);
                check(offers.length);
                break;
            }
            expect(order.length).toBe(offers.length);
            const all = Array.from({ length: order.length }, (_, place) => order.anySlot(place));
            expect(all.sort((a, b) => a - b)).toEqual(offers.map(({ slot }) => slot).sort((a, b) => a - b));
            if (kind === 'count') {
              expect(order.countUpTo(asked)).toBe(upTo);
              check(upTo);
              const amount = index / 2;
              const found = order.countUpTo(asked, amount);
              expect([0, upTo]).toContain(found);
              if (found === 0)
                expect(offers.filter((offer) => offer.price <= asked && offer.amount <= amount)).toEqual([]);
            }
          }
        }),
        fuzzParameters('order of the book', { runs: 60, seconds: 25 }) as never,
      );
    },
    FUZZ_TIMEOUT,
  );
});
