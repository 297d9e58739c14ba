import { describe, expect, test } from 'vitest';
import { FatalError, LostLaneError, TransientError } from '../../../src/core/index.ts';
import { gather } from '../../../src/storage/ledger/gather.ts';

/** Something that answers groups, holds back each until it is let go, and remembers what they held. */
function answering(answer: (ask: string, group: readonly string[]) => string | Error = (ask) => ask.toUpperCase()) {
  const groups: (readonly string[])[] = [];
  const held: (() => void)[] = [];
  let isHolding = false;
  const ask = gather<string, string>(async (asks) => {
    groups.push(asks);
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
    return asks.map((one) => answer(one, asks));
  });
  return {
    ask,
    groups,
    hold() {
      isHolding = true;
    },
    letGo() {
      isHolding = false;
      for (const release of held.splice(0)) release();
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('gather', () => {
  test('one that is alone goes at once', async () => {
    const { ask, groups } = answering();
    expect(await ask('a')).toBe('A');
    expect(groups).toEqual([['a']]);
  });

  test('what is asked for while a write is under way goes together in the next, and each gets its own answer', async () => {
    const { ask, groups, hold, letGo } = answering();
    hold();
    const first = ask('a');
    await turn();
    const later = [ask('b'), ask('c')];
    await turn();
    later.push(ask('d'));
    await turn();
    expect(groups).toEqual([['a']]);
    letGo();
    expect(await Promise.all([first, ...later])).toEqual(['A', 'B', 'C', 'D']);
    expect(groups).toEqual([['a'], ['b', 'c', 'd']]);
  });

  test('a group has an end', async () => {
    const { ask, groups } = answering();
    await Promise.all(Array.from({ length: 250 }, (_, index) => ask(`${index}`)));
    expect(groups.map(({ length }) => length)).toEqual([100, 100, 50]);
  });

  test('an answer that is an error is for that one alone', async () => {
    const lost = new LostLaneError('lost');
    const { ask } = answering((one) => (one === 'b' ? lost : one));
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(ask));
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: lost },
      { status: 'fulfilled', value: 'c' },
    ]);
  });

  test('where a group fails for what it holds, each of it is tried by itself', async () => {
    const { ask, groups } = answering((one, group) => {
      if (group.includes('b')) throw Object.assign(new Error('bad row'), { code: '23503' });
      return one;
    });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(ask));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: expect.any(FatalError) });
    expect(groups).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  test('where the database cannot be reached all of it fails, and nothing is tried again', async () => {
    const { ask, groups } = answering(() => {
      throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
    });
    const outcomes = await Promise.allSettled(['a', 'b'].map(ask));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: expect.any(TransientError) });
    expect(groups).toEqual([['a', 'b']]);
    await expect(ask('c')).rejects.toThrow(TransientError);
  });
});
