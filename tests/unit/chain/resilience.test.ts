import { describe, expect, it } from 'vitest';
import { createChainClient } from '../../../src/chain/index.ts';
import { BaseError, ConfigError, FatalError, seededRandom, TransientError } from '../../../src/core/index.ts';
import type { Scripted } from '../../support/scripted-server.ts';
import { bench, CONTRACT, deadUrl, errorOf, INFO } from './harness.ts';

const FEE = '/v2/fees/transfer';
const GOOD: Scripted = { json: 3 };

describe('one server', () => {
  it.each<[string, Scripted]>([
    ['a reset connection', 'reset'],
    ['a body cut short', 'cut'],
    ['truncated JSON', { text: '{"a":' }],
    ['a web page in place of an answer', { text: '<html>', headers: { 'content-type': 'text/html' } }],
    ['status 500', { status: 500, text: 'oops' }],
    ['status 502', { status: 502, text: '' }],
    ['status 408', { status: 408, text: '' }],
  ])('behavior: the request is tried again after %s', async (_, failure) => {
    const { client, servers, pauses } = await bench();
    servers[0]!.on(FEE, failure, GOOD);
    expect(await client.feeRate()).toBe(3);
    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toBeLessThan(250);
  });

  it('behavior: an answer that takes too long is given up and tried again', async () => {
    const { client, servers } = await bench({ deadlineMs: 60 });
    servers[0]!.on(FEE, 'hang', GOOD);
    expect(await client.feeRate()).toBe(3);
  });

  it('behavior: pauses grow from try to try, at random below their ceiling', async () => {
    const { client, servers, pauses } = await bench({ retries: 4 });
    servers[0]!.on(FEE, { status: 500, text: '' });
    await errorOf(client.feeRate());
    expect(pauses).toHaveLength(4);
    pauses.forEach((pause, round) => {
      expect(pause).toBeLessThan(250 * 2 ** round);
    });
    const twin = await bench({ retries: 4 });
    twin.servers[0]!.on(FEE, { status: 500, text: '' });
    await errorOf(twin.client.feeRate());
    expect(twin.pauses).toEqual(pauses);
  });

  it('error: what fails for good is a TransientError that names request and status', async () => {
    const { client, servers } = await bench({ retries: 1 });
    servers[0]!.on(FEE, { status: 503, text: 'down' });
    const error = await errorOf(client.feeRate());
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain(`GET ${servers[0]!.url}${FEE} was answered with status 503`);
  });

  it('error: a question as a whole has an end', async () => {
    const { client, servers, pauses } = await bench({ retries: 1_000, totalMs: 2_000 });
    servers[0]!.on(FEE, { status: 500, text: '' });
    expect(await errorOf(client.feeRate())).toBeInstanceOf(TransientError);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(2_000);
  });

  it('behavior: every request counts, retries and checks of identity included', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(FEE, { status: 500, text: '' }, GOOD);
    await client.feeRate();
    expect(client.requestCount()).toBe(servers[0]!.requests.length);
    // identity, failure, identity anew, answer
    expect(client.requestCount()).toBe(4);
    await client.feeRate();
    expect(client.requestCount()).toBe(5);
  });

  it('behavior: close ends what is under way and refuses what comes', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(FEE, 'hang');
    const asked = errorOf(client.feeRate());
    client.close();
    expect(await asked).toBeInstanceOf(TransientError);
    expect(await errorOf(client.feeRate())).toBeInstanceOf(TransientError);
  });
});

describe('rate limits', () => {
  it.each<[string, Record<string, string>, number]>([
    ['retry-after in seconds', { 'retry-after': '7' }, 7_000],
    ['retry-after as a date', { 'retry-after': 'Sun, 01 Nov 2026 12:00:09 GMT' }, 9_000],
    ['ratelimit-reset in seconds', { 'ratelimit-reset': '4' }, 4_000],
    ['x-ratelimit-reset as a time', { 'x-ratelimit-reset': String(Date.parse('2026-11-01T12:00:11Z') / 1000) }, 11_000],
  ])('behavior: a 429 with %s is waited for', async (_, headers, pause) => {
    const { client, servers, pauses } = await bench();
    servers[0]!.on(FEE, { status: 429, headers, json: {} }, GOOD);
    expect(await client.feeRate()).toBe(3);
    expect(pauses).toEqual([pause]);
  });

  it('error: a pause longer than the question may take is told, and no request made before it is over', async () => {
    const { client, servers, pass } = await bench();
    servers[0]!.on(FEE, { status: 429, headers: { 'retry-after': '120' }, json: {} }, GOOD);
    expect(await errorOf(client.feeRate())).toMatchObject({ name: 'TransientError', retryAfterMs: 120_000 });
    const before = client.requestCount();
    expect(await errorOf(client.feeRate())).toMatchObject({ name: 'TransientError', retryAfterMs: 120_000 });
    expect(client.requestCount()).toBe(before);
    pass(120_000);
    expect(await client.feeRate()).toBe(3);
  });

  it('behavior: another server answers meanwhile', async () => {
    const { client, servers, pauses } = await bench({ count: 2 });
    servers[0]!.on(FEE, { status: 429, headers: { 'retry-after': '120' }, json: {} });
    servers[1]!.on(FEE, GOOD);
    await client.feeRate();
    await client.feeRate();
    expect(pauses).toEqual([]);
    expect(servers.map((server) => server.paths.length)).toEqual([1, 2]);
  });
});

describe('several servers', () => {
  it('behavior: the next one answers at once, and stays first until the failed one has rested', async () => {
    const { client, servers, pauses, pass } = await bench({ count: 2, restMs: 30_000 });
    servers[0]!.on(FEE, 'reset', GOOD);
    servers[1]!.on(FEE, GOOD);
    await client.feeRate();
    await client.feeRate();
    expect(pauses).toEqual([]);
    expect(servers.map((server) => server.paths.length)).toEqual([1, 2]);
    pass(30_000);
    await client.feeRate();
    expect(servers.map((server) => server.paths.length)).toEqual([2, 2]);
  });

  it('behavior: one that is not there does no harm', async () => {
    const { client, servers } = await bench({ dead: [await deadUrl()] });
    servers[0]!.on(FEE, GOOD);
    expect(await client.feeRate()).toBe(3);
  });

  it('behavior: a refusal is an answer, asks nobody else and puts nobody aside', async () => {
    const { client, servers } = await bench({ count: 2 });
    servers[0]!.on(FEE, { status: 400, text: 'no' }, GOOD);
    expect(await errorOf(client.feeRate())).toMatchObject({ name: 'RejectedError', code: 'http-400' });
    expect(await client.feeRate()).toBe(3);
    expect(servers[1]!.requests).toEqual([]);
  });

  it('error: one of another chain is refused before it is asked anything', async () => {
    const { client, servers } = await bench({ count: 2 });
    servers[0]!.on(FEE, GOOD, 'reset', GOOD);
    servers[1]!.on('/v2/info', { json: { ...INFO, genesis_chainstate_hash: '44'.repeat(32) } }).on(FEE, GOOD);
    await client.feeRate();
    const error = await errorOf(client.feeRate());
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toContain('33'.repeat(32));
    expect(error.message).toContain('44'.repeat(32));
    expect(servers[1]!.paths).toEqual([]);
  });
});

describe('configuration', () => {
  it('error: a node of another network is named with both chain ids', async () => {
    const { client, servers } = await bench();
    servers[0]!.on('/v2/info', { json: { ...INFO, network_id: 1 } });
    const error = await errorOf(client.identity());
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(`expected ${servers[0]!.url} to serve testnet (chain id 2147483648), was chain id 1`);
  });

  const make = (changed: { urls?: string[]; contractId?: string }) => () =>
    createChainClient({
      urls: ['http://localhost:1'],
      contractId: CONTRACT,
      network: 'testnet',
      clock: { now: () => 0 },
      random: seededRandom(1),
      ...changed,
    });
  it.each([
    ['no URL', { urls: [] }, 'at least one URL'],
    ['a URL of another scheme', { urls: ['ftp://user:hush@host'] }, 'URL 1'],
    ['what is no contract id', { contractId: 'energy-grid' }, '"energy-grid"'],
    ['a contract id of another network', { contractId: CONTRACT.replace('ST', 'SP') }, 'testnet (ST…)'],
  ])('error: %s', (_, changed, part) => {
    expect(make(changed)).toThrow(ConfigError);
    expect(make(changed)).toThrow(part);
    expect(make(changed)).not.toThrow(/hush/);
  });

  it('behavior: credentials and key are sent, and appear in no message', async () => {
    const { servers } = await bench();
    const server = servers[0]!;
    server.on(FEE, { status: 500, text: '' });
    const client = createChainClient({
      urls: [`${server.url.replace('http://', 'http://alice:p%40ss@')}/`],
      contractId: CONTRACT,
      network: 'testnet',
      clock: { now: () => 0 },
      random: seededRandom(1),
      retries: 0,
      apiKey: 'secret-key',
    });
    const error = await errorOf(client.feeRate());
    const shown: string[] = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      shown.push(at.message, String(at.stack), ...(at instanceof BaseError ? at.hints : []));
    }
    expect(shown.join('\n')).not.toMatch(/alice|p@ss|p%40ss|secret-key/);
    expect(error.message).toContain(server.url);
    const { headers, path } = server.requests.at(-1)!;
    expect(path).toBe(FEE);
    expect(headers['x-api-key']).toBe('secret-key');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('alice:p@ss').toString('base64')}`);
  });

  it('error: a refused key is a matter of configuration', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(FEE, { status: 401, json: { message: 'no' } });
    expect(await errorOf(client.feeRate())).toBeInstanceOf(ConfigError);
  });

  it('error: a redirect is not followed, so the key goes nowhere else', async () => {
    const { client, servers } = await bench({ count: 2, retries: 0, apiKey: 'secret-key' });
    servers[1]!.on('/v2/info', 'reset').on('/else', GOOD);
    servers[0]!.on(FEE, { status: 302, headers: { location: `${servers[1]!.url}/else` }, text: '' });
    expect(await errorOf(client.feeRate())).toBeInstanceOf(TransientError);
    expect(servers[1]!.paths).toEqual([]);
  });
});
