import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/core/index.ts';
import { FORGET, REORG } from '../../../src/devnet/faults/actions.ts';
import { FAULT_KINDS } from '../../../src/devnet/faults/fault.ts';
import { Faults } from '../../../src/devnet/faults/faults.ts';
import { parsed, parseFault } from '../../../src/devnet/faults/parse.ts';
import { matches } from '../../../src/devnet/faults/pattern.ts';
import { SCHEDULE, Schedule, type ScheduleInput } from '../../../src/devnet/faults/schedule.ts';
import type { ChainView } from '../../../src/devnet/view.ts';

const POST = { method: 'POST', path: '/v2/transactions' };
const INFO = { method: 'GET', path: '/v2/info' };
const BLOCKS = { method: 'GET', path: '/extended/v2/blocks' };

const newFaults = () => {
  const view = { name: 'what the indexer sees' } as unknown as ChainView;
  return new Faults({ view: () => view, onLine: () => {} });
};

describe('a pattern', () => {
  it.each([
    ['any', [POST, INFO, BLOCKS]],
    ['node', [POST, INFO]],
    ['indexer', [BLOCKS]],
    ['/v2/*', [POST, INFO]],
    ['GET /v2/*', [INFO]],
    ['POST /v2/transactions', [POST]],
    ['/extended/*', []],
    ['/extended/**', [BLOCKS]],
    ['/**/blocks', [BLOCKS]],
    ['/v2/inf.', []],
  ])('%s names the requests it says', (pattern, named) => {
    expect([POST, INFO, BLOCKS].filter((asked) => matches(pattern, asked))).toEqual(named);
  });

  it('does not mind a slash at the end of the path', () => {
    expect(matches('/extended/v2/blocks', { method: 'GET', path: '/extended/v2/blocks/' })).toBe(true);
  });
});

describe('a wrong fault', () => {
  it.each<[unknown, RegExp]>([
    [{ kind: 'explode' }, /^kind: expected one of drop, hang, .*indexer-freeze, was "explode"$/],
    [null, /^kind: expected one of .*, was undefined$/],
    [{ kind: 'drop', on: 'v2' }, /^on: expected node, indexer, any, or a path .*, was "v2"$/],
    [{ kind: 'drop', probability: 2 }, /^probability: .*, was 2$/],
    [
      { kind: 'drop', time: 1 },
      /^body: unknown "time", possible are handled, on, probability, seed, times, forRequests/,
    ],
    [{ kind: 'server-error', status: 200 }, /^status: .*500, was 200$/],
    [{ kind: 'reject', reason: 'Nope' }, /^reason: .*"BadNonce".*, was "Nope"$/],
    [{ kind: 'reject', reason: 'BadNonce', on: 'node' }, /^on: .*"POST \/v2\/transactions".*, was "node"$/],
    [{ kind: 'indexer-lag' }, /^by: .*, was undefined$/],
    [{ kind: 'stall', forBlocks: 0 }, /^forBlocks: .*, was 0$/],
  ])('%j is refused with what it was and what it can be', (fault, message) => {
    expect(() => parseFault(fault)).toThrow(ConfigError);
    expect(() => parseFault(fault)).toThrow(message);
  });

  it.each<[Parameters<typeof parsed>[0], unknown, RegExp]>([
    [REORG, {}, /^depth: .*, was undefined$/],
    [REORG, { depth: 1, transactions: 'burn' }, /^transactions: .*"remine"\|"return"\|"forget".*, was "burn"$/],
    [REORG, { depth: 1, except: { '0x12': 'return' } }, /^except.*expected a transaction id of 64 hex digits/],
    [REORG, { depth: 1, include: ['beef'] }, /^include\.0: expected a transaction in hex .*, was "beef"$/],
    [FORGET, { transactions: 'some' }, /^transactions: expected "all", a list of transaction ids, .*, was "some"$/],
    [SCHEDULE, { posts: 0.1 }, /^seed: .*, was undefined$/],
    [SCHEDULE, { seed: 1, kinds: ['fire'] }, /^kinds\.0: .*"drop".*, was "fire"$/],
  ])('so is a wrong action or schedule', (schema, value, message) => {
    expect(() => parsed(schema, value)).toThrow(message);
  });
});

describe('an active fault', () => {
  it('strikes so many times and is gone', () => {
    const faults = newFaults();
    faults.add(parseFault({ kind: 'drop', times: 2, on: 'node' }), 'admin');
    expect([BLOCKS, INFO, INFO, INFO].map((asked) => faults.request(asked)?.kind)).toEqual([
      undefined,
      'drop',
      'drop',
      undefined,
    ]);
    expect(faults.armed).toBe(false);
    expect(faults.report()).toMatchObject({ active: [], counts: { drop: 2 }, firings: 2 });
  });

  it('is there for so many requests or blocks, struck or not', () => {
    const faults = newFaults();
    faults.add(parseFault({ kind: 'drop', probability: 0, forRequests: 2 }), 'admin');
    faults.add(parseFault({ kind: 'stall', forBlocks: 2 }), 'admin');
    faults.request(INFO);
    expect(faults.report().active.map(({ matched, fired }) => [matched, fired])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    faults.request(INFO);
    faults.block();
    expect(faults.stalled).toBe(true);
    faults.block();
    expect([faults.stalled, faults.armed]).toEqual([false, false]);
  });

  it('strikes a share of requests that its seed decides, always the same', () => {
    const struck = (seed: number): number[] => {
      const faults = newFaults();
      faults.add(parseFault({ kind: 'drop', probability: 0.5, seed }), 'admin');
      return Array.from({ length: 100 }, (_, n) => n).filter(() => faults.request(INFO) !== undefined);
    };
    expect(struck(7)).toEqual(struck(7));
    expect(struck(7)).not.toEqual(struck(8));
    expect(struck(7).length).toBeGreaterThan(30);
    expect(struck(7).length).toBeLessThan(70);
  });

  it('meets a request before a younger one, which counts it all the same', () => {
    const faults = newFaults();
    faults.add(parseFault({ kind: 'drop', times: 1 }), 'admin');
    faults.add(parseFault({ kind: 'hang' }), 'admin');
    expect([INFO, INFO].map((asked) => faults.request(asked)?.kind)).toEqual(['drop', 'hang']);
    expect(faults.report().active).toMatchObject([{ fault: { kind: 'hang' }, matched: 2, fired: 1 }]);
  });

  it('that holds the indexer back counts by the largest, and a freeze keeps what it saw', () => {
    const faults = newFaults();
    faults.add(parseFault({ kind: 'indexer-lag', by: 2 }), 'admin');
    const { id } = faults.add(parseFault({ kind: 'indexer-lag', by: 5 }), 'admin');
    expect([faults.lag, faults.frozen]).toEqual([5, undefined]);
    faults.remove(id);
    faults.add(parseFault({ kind: 'indexer-freeze' }), 'admin');
    expect([faults.lag, faults.frozen]).toEqual([2, { name: 'what the indexer sees' }]);
    faults.clear();
    expect([faults.lag, faults.frozen, faults.armed]).toEqual([0, undefined, false]);
  });
});

describe('a schedule', () => {
  const drawn = (options: ScheduleInput, count = 400) => {
    const schedule = new Schedule(parsed(SCHEDULE, options));
    const asked = [INFO, POST, BLOCKS];
    const requests = Array.from({ length: count }, (_, n) => schedule.onRequest(asked[n % 3] ?? INFO));
    const blocks = Array.from({ length: count }, () => schedule.onBlock());
    return { requests, blocks, seen: schedule.seen };
  };

  it('is a function of its seed', () => {
    expect(drawn({ seed: 7 })).toEqual(drawn({ seed: 7 }));
    expect(drawn({ seed: 7 })).not.toEqual(drawn({ seed: 8 }));
  });

  it('decides on posts, other requests and blocks by numbers of their own', () => {
    const options = { seed: 3, posts: 0.5, requests: 0.5, blocks: 0.5 };
    const schedule = () => new Schedule(parsed(SCHEDULE, options));
    const [alone, among] = [schedule(), schedule()];
    const posts = Array.from({ length: 50 }, () => alone.onRequest(POST));
    const amongOthers = Array.from({ length: 50 }, () => {
      among.onRequest(INFO);
      among.onBlock();
      return among.onRequest(POST);
    });
    expect(amongOthers).toEqual(posts);
  });

  it('comes to every kind that it may, to no other, and all that it draws is valid', () => {
    const everything = drawn({ seed: 1, requests: 1, posts: 1, blocks: 1 }, 2000);
    const requests = everything.requests.map((one) => one?.what);
    const blocks = everything.blocks.map((one) => one?.what);
    const kinds = new Set([
      ...requests.map((fault) => parseFault(fault).kind),
      ...blocks.map((event) => (event?.kind === 'fault' ? parseFault(event.fault).kind : event?.kind)),
    ]);
    expect([...kinds].sort()).toEqual([...FAULT_KINDS].sort());
    for (const event of blocks) {
      if (event?.kind === 'reorg') parsed(REORG, event.reorg);
      if (event?.kind === 'forget') parsed(FORGET, event.forget);
    }
    const few = drawn({ seed: 1, requests: 1, posts: 1, blocks: 1, kinds: ['delay', 'stall'] });
    expect(new Set(few.requests.map((one) => one?.what.kind))).toEqual(new Set(['delay']));
  });

  it('meets the shares that it is given', () => {
    const { requests, blocks, seen } = drawn({ seed: 5, requests: 0.1, posts: 0.4, blocks: 0.2 }, 3000);
    expect(seen).toEqual({ request: 2000, post: 1000, block: 3000 });
    const share = (of: readonly unknown[]) => of.filter((one) => one !== undefined).length / of.length;
    expect(share(requests.filter((_, n) => n % 3 === 1))).toBeCloseTo(0.4, 1);
    expect(share(requests.filter((_, n) => n % 3 !== 1))).toBeCloseTo(0.1, 1);
    expect(share(blocks)).toBeCloseTo(0.2, 1);
  });
});
