import fc from 'fast-check';
import { expect, it } from 'vitest';
import { height } from '../../../../src/core/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';
import { follow, happen } from './scene.ts';

type Step =
  | { readonly kind: 'mine'; readonly events: number; readonly price: number; readonly perBlock: number }
  | { readonly kind: 'fork'; readonly depth: number; readonly events: number; readonly price: number }
  | { readonly kind: 'hold' | 'release' | 'poll' | 'restart' };

const price = fc.integer({ min: 100, max: 103 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('mine' as const),
      events: fc.integer({ min: 0, max: 60 }),
      price,
      perBlock: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fork' as const),
      depth: fc.integer({ min: 1, max: 30 }),
      events: fc.integer({ min: 0, max: 40 }),
      price,
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('hold', 'release', 'poll', 'poll', 'restart') }) },
);

it(
  'always comes to the state of the chain, whatever forks and whoever is late',
  async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const scene = follow(undefined, { depth: 40, lagLimit: 4 });
      const { chain } = scene;
      await scene.poll();
      for (const next of steps) {
        switch (next.kind) {
          case 'mine':
            happen(chain, next.events, next);
            break;
          case 'fork': {
            const before = chain.height;
            chain.forkAt(height(Math.max(1, before - next.depth)));
            happen(chain, next.events, next);
            while (chain.height <= before) chain.mine();
            break;
          }
          case 'hold':
            chain.holdIndexer();
            break;
          case 'release':
            chain.releaseIndexer();
            break;
          case 'restart':
            scene.restart();
            break;
          case 'poll': {
            const { result } = await scene.poll();
            expect(scene.folded.sequence).toBe(result.sequence);
            if (result.kind !== 'lagging') expect(scene.folded.energyPrice).toBe(chain.state.energyPrice);
            break;
          }
        }
      }
      chain.releaseIndexer();
      await scene.poll();
      expect({ ...scene.folded, complete: true }).toEqual(chain.state);
      expect((await scene.poll()).result.kind).toBe('idle');
    });
    await fc.assert(property, fuzzParameters('follower', { runs: 60 }));
  },
  FUZZ_TIMEOUT,
);
