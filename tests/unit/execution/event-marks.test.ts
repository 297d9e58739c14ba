import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventDigest, OPENING_DIGEST } from '../../../src/contract/index.ts';
import { sequence } from '../../../src/core/index.ts';
import { branchTo, withMark } from '../../../src/execution/event-marks.ts';
import type { GridLogEntry } from '../../../src/execution/ports/chain.ts';
import type { EventMark } from '../../../src/execution/ports/ledger-records.ts';
import { fuzzParameters } from '../../support/fuzz.ts';

const markAt = (at: number): EventMark => ({ sequence: sequence(at), digest: String(at).padStart(64, '0') });

describe('marks of how far events were read', () => {
  it('property: few are kept, and a reorg is followed by reading at most twice as many events as it changed', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.nat(), (sizes, dice) => {
        let marks: readonly EventMark[] = [];
        const all: number[] = [];
        for (const size of sizes) {
          all.push((all.at(-1) ?? 0) + size);
          marks = withMark(marks, markAt(all.at(-1) ?? 0));
        }
        const last = all.at(-1) ?? 0;
        expect(marks.length).toBeLessThanOrEqual(2 * (Math.log2(last + 1) + 2));
        expect([marks[0], marks.at(-1)]).toEqual([markAt(all[0] ?? 0), markAt(last)]);
        const standing = all[dice % all.length] ?? 0;
        const common = Math.max(...marks.map((mark) => mark.sequence).filter((at) => at <= standing));
        expect(last - common).toBeLessThanOrEqual(2 * (last - standing));
      }),
      fuzzParameters('event marks', { runs: 300 }),
    );
  });

  it('behavior: a mark below others takes their place', () => {
    const marks = [2, 5, 9].reduce<readonly EventMark[]>((before, at) => withMark(before, markAt(at)), []);
    expect(withMark(marks, markAt(4))).toEqual([markAt(2), markAt(4)]);
  });
});

describe('the way from what was read to what a node has', () => {
  const event = (at: number, fork = ''): GridLogEntry =>
    ({ event: { sequence: sequence(at) }, hex: Buffer.from(`${at}${fork}`).toString('hex') }) as GridLogEntry;
  const eventsTo = (last: number, forkFrom = Number.POSITIVE_INFINITY): readonly GridLogEntry[] =>
    Array.from({ length: last }, (_, index) => event(index + 1, index + 1 >= forkFrom ? ' of another fork' : ''));
  const markOf = (log: readonly GridLogEntry[], at: number): EventMark => ({
    sequence: sequence(at),
    digest: log.slice(0, at).reduce((before, { hex }) => eventDigest(before, hex), OPENING_DIGEST),
  });
  /** A log in pages of 50, and how many were asked for. */
  const logOf = (log: readonly GridLogEntry[]) => {
    const newestFirst = log.toReversed();
    const chain = {
      pages: 0,
      async logs({ cursor }: { readonly cursor?: string } = {}) {
        chain.pages += 1;
        const from = Number(cursor ?? 0);
        const olderCursor = from + 50 < newestFirst.length ? String(from + 50) : null;
        return { entries: newestFirst.slice(from, from + 50), olderCursor };
      },
    };
    return chain;
  };
  const read = eventsTo(5_000);
  const marks = Array.from({ length: 500 }, (_, index) => markAt(10 * (index + 1)))
    .reduce<readonly EventMark[]>(withMark, [])
    .map(({ sequence: at }) => markOf(read, at));
  const find = async (log: readonly GridLogEntry[], upTo: EventMark, reach: number) => {
    const chain = logOf(log);
    const branch = await branchTo({ chain: chain as never }, { marks, upTo, entries: [], reach });
    return { common: branch?.common.sequence ?? null, entries: branch?.entries.length ?? null, pages: chain.pages };
  };

  it('behavior: what came after the last mark is read down to it', async () => {
    const log = eventsTo(5_120);
    expect(await find(log, markOf(log, 5_120), 0)).toEqual({ common: 5_000, entries: 120, pages: 3 });
  });

  it('behavior: a reorg is followed to a mark below it', async () => {
    const log = eventsTo(5_010, 4_980);
    const found = await find(log, markOf(log, 5_010), 200);
    expect(found.common).toBeLessThan(4_980);
    expect(found.common).toBeGreaterThanOrEqual(4_940);
  });

  it('behavior: a log on another fork than the node costs no more than the reach, however long it is', async () => {
    const node = eventsTo(5_000, 4_990);
    expect(await find(read, markOf(node, 5_000), 200)).toMatchObject({
      common: null,
      pages: expect.toSatisfy((pages: number) => pages <= 5),
    });
  });

  it('edge: a reorg below all marks is found once the reach is long enough', async () => {
    const log = eventsTo(5_000, 3);
    const upTo = markOf(log, 5_000);
    expect((await find(log, upTo, 800)).common).toBeNull();
    expect(await find(log, upTo, 6_400)).toMatchObject({ common: 0, entries: 5_000 });
  });

  it('edge: a log that ends below what the node has leads nowhere, at the cost of one page', async () => {
    const log = eventsTo(5_010);
    expect(await find(read, markOf(log, 5_010), 200)).toEqual({ common: null, entries: null, pages: 1 });
  });
});
