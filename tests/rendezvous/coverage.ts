import { gridFunctions } from '../../src/contract/abi.generated.ts';
import type { FuzzType, SessionReport } from './rendezvous.ts';

const publicFunctions = gridFunctions.filter(({ access }) => access === 'public').map(({ name }) => name);

/** Answers ok to lists of nothing, too, so that the fuzzer's own call of it says little. */
const batches: readonly string[] = ['buy-energy-for', 'trade-energy-for', 'cancel-trade-for'];

/** Nothing else succeeds for a caller that is not registered; the moves register it on the way. */
const IMPLIED = 'register-prosumer';

/** How often each function was answered ok, or held, over several sessions. */
export function sumCounts(reports: readonly SessionReport[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { counts } of reports) {
    for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}

/**
 * What did not happen once, so that the sessions show nothing of it: each public function of the contract has to have succeeded,
 * by the fuzzer's own call or by a move, and each further move, each invariant and each test besides.
 */
export function neverHappened(type: FuzzType, counts: ReadonlyMap<string, number>): string[] {
  const count = (name: string): number => counts.get(name) ?? 0;
  const prefix = type === 'test' ? 'test-' : 'do-';
  const wanted = new Set(publicFunctions.map((name) => `${prefix}${name}`));
  for (const name of counts.keys()) if (/^(?:do|invariant|test)-/.test(name)) wanted.add(name);
  if (type === 'invariant') wanted.delete(`do-${IMPLIED}`);
  return [...wanted].filter((name) => {
    const called = name.replace(/^do-/, '');
    return count(name) + (batches.includes(called) || called === name ? 0 : count(called)) === 0;
  });
}
