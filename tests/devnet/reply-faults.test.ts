import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import type { StacksTransactionWire } from '@stacks/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../src/devnet/faults/fault.ts';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { Session } from './support/session.ts';

let devnet: TestDevnet;
let session: Session;
/** Nonces of account 1 that are taken. */
let nonce = 0;

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
});
afterEach(async () => {
  await devnet.faults.clear();
  await devnet.mine();
});
afterAll(() => devnet?.stop());

const newTransaction = () => session.transfer(testAccount(1), testAccount(2).address, 1n, nonce++);

/** Posts once, like a client that gives up when `signal` fires. */
async function post(transaction: StacksTransactionWire, signal?: AbortSignal) {
  const response = await session.fetch('/v2/transactions', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: transaction.serializeBytes() as Uint8Array<ArrayBuffer>,
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const isWaiting = async (transaction: StacksTransactionWire): Promise<boolean> =>
  (await session.fetch(`/v2/transactions/unconfirmed/${transaction.txid()}`)).ok;

/** Makes the next POST meet `fault`, and says what the client saw. */
async function posted(fault: FaultInput, transaction: StacksTransactionWire) {
  await devnet.faults.add({ on: 'POST /v2/transactions', times: 1, ...fault } as FaultInput);
  return post(transaction);
}

/** Waits until a fault has met a request; `run` may hang for ever. */
async function whenMet(kind: FaultInput['kind'], run: () => void): Promise<void> {
  const before = (await devnet.faults.counts())[kind] ?? 0;
  run();
  await eventually(async () => expect((await devnet.faults.counts())[kind]).toBe(before + 1));
}

describe('a reply that never comes', () => {
  it('leaves a dropped request done: the same bytes again are answered as if for the first time', async () => {
    const transaction = await newTransaction();
    await expect(posted({ kind: 'drop' }, transaction)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await isWaiting(transaction)).toBe(true);
    expect(await post(transaction)).toMatchObject({ status: 200, text: JSON.stringify(transaction.txid()) });
  });

  it('or not done, which looks the same', async () => {
    const transaction = await newTransaction();
    await expect(posted({ kind: 'drop', handled: false }, transaction)).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
    expect(await isWaiting(transaction)).toBe(false);
    expect((await post(transaction)).status).toBe(200);
  });

  it.each([true, false])('hangs until the client gives up, with the work done: %s', async (handled) => {
    const transaction = await newTransaction();
    await devnet.faults.add({ kind: 'hang', handled, on: 'POST /v2/transactions', times: 1 });
    const giveUp = new AbortController();
    let hanging: Promise<unknown> = Promise.resolve();
    await whenMet('hang', () => {
      hanging = post(transaction, giveUp.signal);
    });
    await eventually(async () => expect(await isWaiting(transaction)).toBe(handled));
    giveUp.abort();
    await expect(hanging).rejects.toThrow(/aborted/);
    if (!handled) await post(transaction);
  });
});

describe('a late reply', () => {
  it('comes when the work has long been done', async () => {
    const transaction = await newTransaction();
    await devnet.faults.add({ kind: 'delay', ms: 500, on: 'POST /v2/transactions', times: 1 });
    let late: ReturnType<typeof post> | undefined;
    await whenMet('delay', () => {
      late = post(transaction);
    });
    await eventually(async () => expect(await isWaiting(transaction)).toBe(true));
    expect(await late).toMatchObject({ status: 200, text: JSON.stringify(transaction.txid()) });
  });

  it('or the request itself is late, and arrives though the client has given up', async () => {
    const transaction = await newTransaction();
    await devnet.faults.add({ kind: 'delay', ms: 3000, handled: false, on: 'POST /v2/transactions', times: 1 });
    const giveUp = new AbortController();
    let given: Promise<unknown> = Promise.resolve();
    await whenMet('delay', () => {
      given = post(transaction, giveUp.signal);
    });
    giveUp.abort();
    await expect(given).rejects.toThrow(/aborted/);
    expect(await isWaiting(transaction)).toBe(false);
    await eventually(async () => expect(await isWaiting(transaction)).toBe(true));
  });

  it('is overtaken by the replies to so many later requests', async () => {
    await devnet.faults.add({ kind: 'reorder', behind: 2, maxMs: 60_000, on: '/v2/accounts/*', times: 1 });
    const order: string[] = [];
    const ask = async (name: string) => {
      await session.account(testAccount(5).address);
      order.push(name);
    };
    let first: Promise<void> = Promise.resolve();
    await whenMet('reorder', () => {
      first = ask('first');
    });
    await ask('second');
    await session.json('/v2/info');
    await ask('third');
    await first;
    expect(order).toEqual(['second', 'third', 'first']);
  });
});

describe('a reply that is sent twice', () => {
  it('comes as the same bytes again, which a client that keeps the connection has to notice', async () => {
    await devnet.faults.add({ kind: 'duplicate', on: '/v2/fees/transfer', times: 1 });
    const { hostname, port } = new URL(devnet.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /v2/fees/transfer HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk;
    });
    await eventually(() => expect(seen.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2));
    expect(seen.match(/\r\n\r\n1/g)).toHaveLength(2);
    socket.destroy();
  });

  it('makes node’s own client throw the connection away and go on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (): Promise<string> => {
      const request = get(`${devnet.url}/v2/fees/transfer`, { agent });
      const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
      let text = '';
      for await (const chunk of response) text += chunk;
      return text;
    };
    await devnet.faults.add({ kind: 'duplicate', on: '/v2/fees/transfer', times: 1 });
    expect([await ask(), await ask()]).toEqual(['1', '1']);
    agent.destroy();
  });
});

describe('a refusal', () => {
  it('by a rate limit names the time to wait, or none', async () => {
    const transaction = await newTransaction();
    const limited = await posted({ kind: 'rate-limit', retryAfterSeconds: 7 }, transaction);
    expect([limited.status, limited.headers.get('retry-after'), limited.headers.get('ratelimit-reset')]).toEqual([
      429,
      '7',
      '7',
    ]);
    const bare = await posted({ kind: 'rate-limit', retryAfterSeconds: null }, transaction);
    expect([bare.status, bare.headers.get('retry-after')]).toEqual([429, null]);
    expect(await isWaiting(transaction)).toBe(false);
    const taken = await posted({ kind: 'rate-limit', handled: true }, transaction);
    expect([taken.status, await isWaiting(transaction)]).toEqual([429, true]);
  });

  it('by a broken server is in the words of node, indexer or gateway', async () => {
    await devnet.faults.add({ kind: 'server-error', times: 2 });
    const node = await session.fetch('/v2/info');
    expect([node.status, node.headers.get('content-type'), await node.text()]).toEqual([
      500,
      'text/plain; charset=utf-8',
      'Internal Server Error',
    ]);
    const indexer = await session.fetch('/extended/v2/blocks');
    expect([indexer.status, await indexer.json()]).toEqual([
      500,
      { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' },
    ]);
    const transaction = await newTransaction();
    const gateway = await posted({ kind: 'server-error', status: 504, handled: true }, transaction);
    expect(gateway).toMatchObject({ status: 504, text: '<html><body><h1>504 Gateway Timeout</h1></body></html>' });
    expect(await isWaiting(transaction)).toBe(true);
  });

  it('by the node’s mempool is the one that was asked for, with or without the transaction taken', async () => {
    const transaction = await newTransaction();
    const said = (reason: string, more: object = {}) => ({
      status: 400,
      text: JSON.stringify({ error: 'transaction rejected', reason, ...more, txid: transaction.txid() }),
    });
    expect(await posted({ kind: 'reject', reason: 'TemporarilyBlacklisted' }, transaction)).toMatchObject(
      said('TemporarilyBlacklisted'),
    );
    const reasonData = { expected: 3, actual: 0, is_origin: true };
    expect(await posted({ kind: 'reject', reason: 'BadNonce', reasonData }, transaction)).toMatchObject(
      said('BadNonce', { reason_data: reasonData }),
    );
    expect(await isWaiting(transaction)).toBe(false);
    // The node's known bug: a conflict with the very same bytes.
    const conflict = { kind: 'reject', reason: 'ConflictingNonceInMempool', handled: true } as const;
    expect(await posted(conflict, transaction)).toMatchObject(said('ConflictingNonceInMempool'));
    expect(await isWaiting(transaction)).toBe(true);
  });
});

describe('a spoilt reply', () => {
  it('of garbage has the right head and a body that means nothing', async () => {
    const transaction = await newTransaction();
    const { status, headers, text } = await posted({ kind: 'garbage' }, transaction);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(() => JSON.parse(text)).toThrow();
    expect(await isWaiting(transaction)).toBe(true);
  });

  it('cut short is broken JSON, or a broken connection where its length was announced', async () => {
    await devnet.faults.add({ kind: 'truncate', keep: 0.3, on: 'GET /v2/info', times: 1 });
    const kept = await session.fetch('/v2/info');
    expect(kept.status).toBe(200);
    const text = await kept.text();
    expect(text.startsWith('{"peer_version":')).toBe(true);
    expect(() => JSON.parse(text)).toThrow();
    await devnet.faults.add({ kind: 'truncate', announced: 'whole', on: 'GET /v2/info', times: 1 });
    const whole = await session.fetch('/v2/info');
    expect(whole.status).toBe(200);
    await expect(whole.text()).rejects.toThrow(/terminated/);
  });

  it('of 200 can mean nothing at all: the transaction never reaches the mempool', async () => {
    const transaction = await newTransaction();
    expect(await posted({ kind: 'swallow' }, transaction)).toMatchObject({
      status: 200,
      text: JSON.stringify(transaction.txid()),
    });
    expect(await isWaiting(transaction)).toBe(false);
    expect((await session.fetch(`/extended/v3/transactions/0x${transaction.txid()}`)).status).toBe(404);
    expect((await post(transaction)).status).toBe(200);
    const hopeless = await session.transfer(testAccount(1), testAccount(2).address, 1n, nonce + 100);
    expect(await posted({ kind: 'swallow' }, hopeless)).toMatchObject({ status: 400 });
  });
});

describe('faults', () => {
  it('keep to the requests that they are for, and never meet an admin route', async () => {
    const statuses = async () =>
      Promise.all(
        ['/v2/info', '/extended/v2/blocks', '/extended/v2/blocks/latest'].map(
          async (path) => (await session.fetch(`${path}?limit=1`)).status,
        ),
      );
    const { id } = await devnet.faults.add({ kind: 'server-error', on: 'node' });
    expect(await statuses()).toEqual([500, 200, 200]);
    await devnet.faults.remove(id);
    await devnet.faults.add({ kind: 'server-error', on: 'GET /extended/v2/blocks/*' });
    expect(await statuses()).toEqual([200, 200, 500]);
    await devnet.faults.add({ kind: 'drop', on: '/**' });
    expect((await devnet.faults.report()).active).toHaveLength(2);
  });

  it('tell what they did, by kind and one by one', async () => {
    const { firings } = await devnet.faults.report();
    await devnet.faults.add({ kind: 'rate-limit', on: 'node', probability: 0.5, seed: 4, forRequests: 20 });
    const limited: number[] = [];
    for (let n = 1; n <= 25; n += 1) if ((await session.fetch('/v2/info')).status === 429) limited.push(n);
    expect(limited.length).toBeGreaterThan(0);
    const log = await devnet.faults.log(firings);
    expect(log.map(({ kind, what }) => `${kind} ${what}`)).toEqual(
      limited.map(
        (n) =>
          `rate-limit GET /v2/info, request ${n} of fault ${log[0]?.what.match(/fault (\d+)/)?.[1]}: retryAfterSeconds 1, handled false`,
      ),
    );
    expect(await devnet.faults.report()).toMatchObject({ active: [], firings: firings + limited.length });
  });

  it('are refused where they make no sense', async () => {
    await expect(devnet.faults.add({ kind: 'explode' } as never)).rejects.toThrow(/400.*expected one of drop, hang/);
    await expect(devnet.faults.log('soon' as never)).rejects.toThrow(/400.*expected the number of a fault, was/);
    await expect(devnet.faults.remove(999)).rejects.toThrow(/400.*expected an active fault, one of \[\], was/);
    const unguarded = await fetch(`${devnet.url}/admin/faults`);
    expect(unguarded.status).toBe(401);
  });
});
