import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import { buyBatch, cancelBatch, listBatch } from '../costs/batch-calls.ts';
import { BATCH_KINDS } from '../costs/batches.ts';
import { blockLimits, callReadBudget, sharesOf } from '../costs/limits.ts';
import { type EpochCosts, measureCosts } from '../costs/measure.ts';
import { COSTS_PATH, costsPage } from '../costs/page.ts';
import { signedBytes } from '../costs/signed-bytes.ts';
import { COST_DIMENSIONS, principalNumber } from '../support/simnet.ts';

/** The manifest's. */
const EPOCH = '3.3';

/** The bounds that docs/contract.md promises, and the figures themselves. */
describe('what calls cost', () => {
  let costs: readonly EpochCosts[];
  /** In the manifest's epoch; batches of contracts as prosumers, another one in each entry, all through an operator. */
  let measured: EpochCosts;
  beforeAll(async () => {
    costs = await measureCosts(() => undefined);
    measured = costs.find(({ epoch }) => epoch === EPOCH) ?? expect.fail(`epoch ${EPOCH} was not measured`);
  }, 240_000);

  it('default: is what docs/costs.md says; `npm run generate` writes it anew', async () => {
    const committed = await readFile(new URL(`../../${COSTS_PATH}`, import.meta.url), 'utf8');
    expect(await costsPage(costs)).toBe(committed);
  });

  it.each(BATCH_KINDS)('behavior: a %s of 100 entries stays under a tenth of a block in every dimension', (kind) => {
    const cost = measured.heaviest.find((batch) => batch.kind === kind)?.cost ?? expect.fail(`no ${kind} was measured`);
    for (const { dimension, percent } of sharesOf(cost, blockLimits[EPOCH])) {
      expect(percent, dimension).toBeGreaterThan(0);
      expect(percent, dimension).toBeLessThan(10);
    }
  });

  it('behavior: every other function stays under a 500th of a block in every dimension', () => {
    for (const { name, cost } of measured.functions) {
      const [largest] = sharesOf(cost, blockLimits[EPOCH]);
      expect(largest.percent, `${name}, ${largest.dimension}`).toBeLessThan(0.2);
    }
  });

  it('behavior: every read at full length stays within what a node gives a call', () => {
    for (const { name, cost } of measured.reads) {
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
