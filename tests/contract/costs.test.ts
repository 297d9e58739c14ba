import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import { buyBatch, cancelBatch, listBatch } from '../costs/batch-calls.ts';
import { BATCH_KINDS, type BatchCost, measureBatches } from '../costs/batches.ts';
import { measureFunctions } from '../costs/functions.ts';
import { blockLimits, callReadBudget, sharesOf } from '../costs/limits.ts';
import { measureReads, type ReadCost } from '../costs/reads.ts';
import { openScene } from '../costs/scene.ts';
import { signedBytes } from '../costs/signed-bytes.ts';
import { COST_DIMENSIONS, principalNumber } from '../support/simnet.ts';

/** The manifest's. */
const EPOCH = '3.3';

/** The bounds that docs/contract.md promises; docs/costs.md has the figures themselves. */
describe('what calls cost', () => {
  let batches: readonly BatchCost[];
  let reads: readonly ReadCost[];
  beforeAll(async () => {
    // The heaviest scene: contracts as prosumers, another one in each entry, all through an operator.
    const scene = await openScene(EPOCH, 'contract');
    batches = await measureBatches(scene, 'many', 100);
    reads = measureReads(scene);
  }, 120_000);

  it.each(BATCH_KINDS)('behavior: a %s of 100 entries stays under a tenth of a block in every dimension', (kind) => {
    const cost = batches.find((batch) => batch.kind === kind)?.cost ?? expect.fail(`no ${kind} was measured`);
    for (const { dimension, percent } of sharesOf(cost, blockLimits[EPOCH])) {
      expect(percent, dimension).toBeGreaterThan(0);
      expect(percent, dimension).toBeLessThan(10);
    }
  });

  it('behavior: every other function stays under a 500th of a block in every dimension', async () => {
    for (const { name, cost } of await measureFunctions(EPOCH)) {
      const [largest] = sharesOf(cost, blockLimits[EPOCH]);
      expect(largest.percent, `${name}, ${largest.dimension}`).toBeLessThan(0.2);
    }
  });

  it('behavior: every read at full length stays within what a node gives a call', () => {
    for (const { name, cost } of reads) {
      for (const dimension of COST_DIMENSIONS) {
        expect(cost[dimension], `${name}, ${dimension}`).toBeLessThanOrEqual(callReadBudget[dimension]);
      }
    }
  });
});

describe('a signed batch', () => {
  const people = (count: number): Principal[] => Array.from({ length: count }, () => principalNumber(2));
  const ids = Array.from({ length: 100 }, (_, index) => BigInt(index));
  const batchOf: Readonly<Record<string, (count: number) => BatchCall>> = {
    buy: (count) => buyBatch(people(count), ids),
    list: (count) => listBatch(people(count)),
    cancel: (count) => cancelBatch(people(count), ids),
  };

  it.each([
    ['buy', 73],
    ['list', 56],
    ['cancel', 39],
  ])('behavior: one entry more takes a %s %i bytes, with standard principals', async (kind, bytes) => {
    const make = batchOf[kind] ?? expect.fail(`no ${kind}`);
    const [none, one, most, all] = await Promise.all([0, 1, 99, 100].map((count) => signedBytes(make(count))));
    expect([one! - none!, all! - most!]).toEqual([bytes, bytes]);
  });
});
