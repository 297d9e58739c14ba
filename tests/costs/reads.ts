import { gridFunctions } from '../../src/contract/abi.generated.ts';
import { encodeArguments } from '../../src/contract/encode-call.ts';
import { type GridRead, MAX_READ_ENTRIES, MAX_READ_PAGES, reads } from '../../src/contract/index.ts';
import { type Principal, tradeId } from '../../src/core/index.ts';
import type { Cost } from '../support/simnet.ts';
import { totalOf } from './limits.ts';
import type { Scene } from './scene.ts';

export interface ReadCost {
  readonly name: string;
  /** Ids, principals, pairs or pages asked for; null where it takes no list. */
  readonly entries: number | null;
  readonly cost: Cost;
}

type Read = Pick<GridRead<unknown>, 'functionName' | 'functionArgs'>;

/**
 * What each read-only function costs, bulk reads at full length, in alphabetical order.
 *
 * @param scene One in which at least 50 offers were made.
 * @throws Error where a read-only function was not asked.
 */
export function measureReads({ grid, people, operator }: Scene): readonly ReadCost[] {
  const many = people.slice(0, MAX_READ_ENTRIES);
  const one = many[0] as Principal;
  const single: readonly Read[] = [
    reads.market(),
    reads.energyPrice(),
    reads.gridBalance(),
    reads.prosumerInfo(one),
    reads.tradeInfo(tradeId(1)),
    reads.prosumer(one),
    reads.trade(tradeId(1)),
    reads.delegation({ prosumer: one, operator }),
    // The binding has no name for the one page that a client never asks alone.
    { functionName: 'get-open-page', functionArgs: encodeArguments('get-open-page', { page: 0n }) },
  ];
  const bulk: readonly (readonly [Read, number])[] = [
    [reads.trades(many.map((_, index) => tradeId(index + 1))), MAX_READ_ENTRIES],
    [reads.prosumers(many), MAX_READ_ENTRIES],
    [reads.delegations(many.map((prosumer) => ({ prosumer, operator }))), MAX_READ_ENTRIES],
    // A page that is there: reading one that is not costs less.
    [reads.openPages(Array.from({ length: MAX_READ_PAGES }, () => 0)), MAX_READ_PAGES],
  ];
  const asked = new Map<string, readonly [Read, number | null]>();
  for (const read of single) asked.set(read.functionName, [read, null]);
  for (const [read, entries] of bulk) asked.set(read.functionName, [read, entries]);
  return gridFunctions
    .filter(({ access }) => access === 'read_only')
    .map(({ name }) => {
      const [read, entries] = asked.get(name) ?? missing(name);
      return { name, entries, cost: totalOf(grid.readCost(read)) };
    });
}

function missing(name: string): never {
  throw new Error(`expected a read of ${name}: add one to tests/costs/reads.ts`);
}
