import { describe, expect, it } from 'vitest';
import { gridFunctions } from '../../src/contract/abi.generated.ts';
import { neverHappened, sumCounts } from './coverage.ts';
import type { SessionReport } from './rendezvous.ts';

const publicFunctions = gridFunctions.filter(({ access }) => access === 'public').map(({ name }) => name);
const moves = new Map(publicFunctions.map((name) => [`do-${name}`, 1]));
const tests = new Map(publicFunctions.map((name) => [`test-${name}`, 1]));
const holding = { broken: null, aborted: [], history: [] } satisfies Omit<SessionReport, 'counts'>;

describe('neverHappened', () => {
  it('default: nothing, where every function succeeded by a move, or has passed its test', () => {
    expect(neverHappened('invariant', moves)).toEqual([]);
    expect(neverHappened('test', tests)).toEqual([]);
  });

  it('behavior: a function for which there is no move and no test is named', () => {
    expect(neverHappened('invariant', new Map([...moves].filter(([name]) => name !== 'do-cancel-trade')))).toEqual([
      'do-cancel-trade',
    ]);
    expect(neverHappened('test', new Map([...tests].filter(([name]) => name !== 'test-add-funds')))).toEqual([
      'test-add-funds',
    ]);
  });

  it('behavior: the fuzzer’s own call counts like the move, but for a batch, which may have been empty', () => {
    const counts = new Map([
      ...moves,
      ['do-add-funds', 0],
      ['add-funds', 1],
      ['do-buy-energy-for', 0],
      ['buy-energy-for', 9],
    ]);
    expect(neverHappened('invariant', counts)).toEqual(['do-buy-energy-for']);
  });

  it('behavior: an invariant that was never checked and a further move that never succeeded are named', () => {
    const counts = new Map([...moves, ['invariant-c1', 0], ['do-donate', 0], ['invariant-c2', 1]]);
    expect(neverHappened('invariant', counts)).toEqual(['invariant-c1', 'do-donate']);
  });

  it('behavior: several sessions count together', () => {
    const reports = [new Map([['do-donate', 0]]), new Map([['do-donate', 2]])].map((counts) => ({
      ...holding,
      counts,
    }));
    expect(sumCounts(reports)).toEqual(new Map([['do-donate', 2]]));
  });
});
