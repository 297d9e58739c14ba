import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JournalEntry, runTimes } from '../../../src/devnet/journal.ts';
import { resolveReorgs } from '../../../src/devnet/replay.ts';

const run = (height: number, times: readonly number[]): JournalEntry => {
  const gaps = times.slice(1).map((time, index) => [time - (times[index] ?? 0), 1] as const);
  return { kind: 'empty', height, time: times[0] ?? 0, gaps };
};
const takeBack = (entries: readonly JournalEntry[], height: number): JournalEntry[] =>
  resolveReorgs([...entries, { kind: 'reorg', height }]).entries;
const mint = (amount: number): JournalEntry => ({ kind: 'mint', address: 'ST', amount: String(amount) });
const heightsOf = (entries: readonly JournalEntry[]): number[] =>
  entries.flatMap((entry) => (entry.kind === 'empty' ? runTimes(entry).map((_, index) => entry.height + index) : []));
const timesOf = (entries: readonly JournalEntry[]): number[] =>
  entries.flatMap((entry) => (entry.kind === 'empty' ? runTimes(entry) : []));

describe('taking blocks back from a journal', () => {
  it('cuts a run of empty blocks where the fork is, and keeps what else happened', () => {
    const entries = [run(2, [10, 11, 13]), mint(1), run(5, [20, 25]), mint(2)];
    expect(takeBack(entries, 3)).toEqual([run(2, [10, 11]), mint(1), mint(2)]);
    expect(takeBack(entries, 1)).toEqual([mint(1), mint(2)]);
    expect(takeBack(entries, 6)).toEqual(entries);
  });

  it('leaves the heights and times below the fork as they were, at every fork', () => {
    const gap = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.array(gap, { minLength: 1, maxLength: 5 }), { maxLength: 5 }),
        fc.nat(30),
        (runs, fork) => {
          let height = 2;
          let time = 0;
          const entries = runs.map((gaps) => {
            const times = gaps.map((seconds) => (time += seconds));
            const entry = run(height, times);
            height += times.length;
            return entry;
          });
          const kept = heightsOf(entries).filter((one) => one <= fork).length;
          expect(heightsOf(takeBack(entries, fork))).toEqual(heightsOf(entries).slice(0, kept));
          expect(timesOf(takeBack(entries, fork))).toEqual(timesOf(entries).slice(0, kept));
        },
      ),
    );
  });

  it('follows one reorganisation after the other', () => {
    const entries: JournalEntry[] = [
      run(2, [10, 11, 12]),
      { kind: 'reorg', height: 3 },
      run(4, [13, 14]),
      { kind: 'reorg', height: 2 },
      run(3, [15]),
    ];
    expect(resolveReorgs(entries)).toEqual({ entries: [run(2, [10]), run(3, [15])], forks: 2 });
  });
});
