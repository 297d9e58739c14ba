import { createHash } from 'node:crypto';
import { Cl, serializeCV } from '@stacks/transactions';
import { describe, expect, it } from 'vitest';
import type { ChainClient } from '../../../src/chain/index.ts';
import { type GridEvent, reads } from '../../../src/contract/index.ts';
import { CorruptionError, height, price, sequence, tradeId, txId } from '../../../src/core/index.ts';
import { encodeEvent, encodeSummary } from '../../support/grid-encoding.ts';
import type { Scripted } from '../../support/scripted-server.ts';
import { ACCOUNT, bench, CONTRACT, errorOf, INFO } from './harness.ts';

const [ADDRESS] = CONTRACT.split('.');
const NONCES_V3 = `/extended/v3/principals/${ACCOUNT}/nonces`;
const NONCES_V1 = `/extended/v1/address/${ACCOUNT}/nonces`;
const MULTIPLE = '/extended/v1/tx/multiple';
const LOGS = `/extended/v2/smart-contracts/${CONTRACT}/logs`;
const CALL = `/v2/contracts/call-read/${ADDRESS}/energy-grid/get-market`;
const BLOCK = '/extended/v2/blocks/';

const corruption = { name: 'CorruptionError' };

const idOf = (number: number) => txId(number.toString(16).padStart(64, '0'));
const hash = (number: number) => `0x${number.toString(16).padStart(64, 'f')}`;
const blockAt = (at: number) => ({ canonical: true, height: at, hash: hash(at), index_block_hash: hash(at + 1_000) });

const summary = serializeCV(
  encodeSummary({
    sequence: sequence(3),
    lastTradeId: tradeId(1),
    energyPrice: price(100),
    height: height(42),
    digest: 'ab'.repeat(32),
    gridBalance: 5n,
    totalFunds: 6n,
    prosumers: 2,
    metersRequired: false,
  }),
);

const minedV1 = (number: number, at: number, changed: object = {}) => ({
  tx_id: `0x${idOf(number)}`,
  tx_status: 'success',
  canonical: true,
  block_height: at,
  block_hash: hash(at),
  fee_rate: '300',
  tx_result: { hex: '0x0703', repr: '(ok true)' },
  ...changed,
});
const multiple = (...transactions: readonly { readonly tx_id: string }[]) =>
  Object.fromEntries(transactions.map((result) => [result.tx_id, { found: true, result }]));

describe('the node', () => {
  it('behavior: the tip is named by the hash of its block and consensus hash', async () => {
    const { client } = await bench();
    const bytes = Buffer.from(INFO.stacks_tip + INFO.stacks_tip_consensus_hash, 'hex');
    const indexBlockHash = createHash('sha512-256').update(bytes).digest('hex');
    expect(await client.tip()).toEqual({ height: 42, indexBlockHash });
  });

  it('behavior: an account is its confirmed nonce and unlocked balance', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(`/v2/accounts/${ACCOUNT}?proof=0`, {
      json: { balance: `0x${(123_456).toString(16).padStart(32, '0')}`, locked: '0x00', unlock_height: 0, nonce: 9 },
    });
    expect(await client.account(ACCOUNT)).toEqual({ nonce: 9, balance: 123_456 });
  });

  it('behavior: a read is decoded; `tip` is handed on', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(CALL, { json: { okay: true, result: `0x${summary}` } });
    expect(await client.read(reads.market())).toMatchObject({ sequence: 3, prosumers: 2 });
    await client.read(reads.market(), { tip: 'cd'.repeat(32) });
    expect(servers[0]!.paths).toEqual([CALL, `${CALL}?tip=${'cd'.repeat(32)}`]);
    expect(JSON.parse(servers[0]!.requests.at(-1)!.body.toString())).toEqual({ sender: ADDRESS, arguments: [] });
  });

  it.each<[string, Scripted, object]>([
    ['a call that the node refuses', { json: { okay: false, cause: 'Whatever(1)' } }, { code: 'call-refused' }],
    ['a call above the budget', { status: 400, text: 'too much' }, { code: 'http-400' }],
    ['a block that the node does not know', { status: 404, text: 'no tip' }, { name: 'TransientError' }],
    ['a value of another type', { json: { okay: true, result: `0x${serializeCV(Cl.uint(1))}` } }, corruption],
    ['an answer of another shape', { json: { okay: 'yes' } }, corruption],
  ])('error: %s', async (_, answer, expected) => {
    const { client, servers } = await bench();
    servers[0]!.on(CALL, answer);
    await expect(client.read(reads.market(), { tip: 'cd'.repeat(32) })).rejects.toMatchObject(expected);
    expect(servers[0]!.paths).toHaveLength(1);
  });

  it('behavior: no contract, no source', async () => {
    const { client, servers } = await bench();
    const path = `/v2/contracts/source/${ADDRESS}/energy-grid`;
    servers[0]!.on(path, { status: 404, text: 'No contract source data found' }, { json: { source: '(+ 1 1)' } });
    expect(await client.contractSource()).toBeNull();
    expect(await client.contractSource()).toBe('(+ 1 1)');
  });
});

describe('older routes', () => {
  const v3 = {
    next_nonce: 9,
    last_confirmed_nonce: 5,
    mempool: { last_nonce: 8, pending_nonces: [6], missing_nonces: [7] },
  };
  const v1 = {
    last_mempool_tx_nonce: 8,
    last_executed_tx_nonce: 5,
    possible_next_nonce: 9,
    detected_missing_nonces: [7],
    detected_mempool_nonces: [8, 6],
  };

  it('behavior: the current route is asked where there is one', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(NONCES_V3, { json: v3 }).on(NONCES_V1, 'reset');
    expect(await client.pendingNonces(ACCOUNT)).toEqual([6, 8]);
  });

  it.each([404, 410, 501])('behavior: after status %i the older one is, and that is remembered', async (status) => {
    const { client, servers } = await bench();
    servers[0]!.on(NONCES_V3, { status, json: { error: 'Gone', message: '' } }).on(NONCES_V1, { json: v1 });
    expect(await client.pendingNonces(ACCOUNT)).toEqual([6, 8]);
    await client.pendingNonces(ACCOUNT);
    expect(servers[0]!.paths).toEqual([NONCES_V3, NONCES_V1, NONCES_V1]);
  });

  it('behavior: what one server lacks is still asked of another', async () => {
    const { client, servers } = await bench({ count: 2 });
    servers[0]!.on(NONCES_V1, { json: v1 }, 'reset');
    servers[1]!.on(NONCES_V3, { json: v3 });
    await client.pendingNonces(ACCOUNT);
    await client.pendingNonces(ACCOUNT);
    expect(servers[1]!.paths).toEqual([NONCES_V3]);
  });

  it('behavior: a transaction is asked for alone, by v3 and then v1, where there is no batch', async () => {
    const { client, servers } = await bench();
    const [mined, pending, absent] = [idOf(1), idOf(2), idOf(3)];
    servers[0]!
      .on(MULTIPLE, { status: 410, json: {} })
      .on(`/extended/v3/transactions/0x${mined}`, {
        json: {
          status: 'abort_by_response',
          fee_rate: '300',
          block: { height: 7, index_hash: hash(1_007) },
          result: { hex: '0x0809' },
        },
      })
      .on(`/extended/v1/tx/0x${pending}`, { json: { tx_id: `0x${pending}`, tx_status: 'pending' } });
    expect([...(await client.transactions([mined, pending, absent]))]).toEqual([
      [
        mined,
        {
          kind: 'mined',
          status: 'abort_by_response',
          height: 7,
          indexBlockHash: hash(1_007).slice(2),
          resultHex: '0809',
          fee: 300,
        },
      ],
      [pending, { kind: 'mempool' }],
      [absent, { kind: 'absent' }],
    ]);
    const before = client.requestCount();
    await client.transactions([mined]);
    expect(client.requestCount() - before).toBe(1);
  });
});

describe('transactions', () => {
  it('behavior: fifty ids a request; a block is asked for once', async () => {
    const { client, servers } = await bench();
    const all = Array.from({ length: 51 }, (_, index) => minedV1(index, 7));
    servers[0]!.on(MULTIPLE, { json: multiple(...all) }).on(`${BLOCK}7`, { json: blockAt(7) });
    const ids = all.map((_, index) => idOf(index));
    const statuses = await client.transactions([...ids, ...ids]);
    expect(statuses.size).toBe(51);
    expect(statuses.get(idOf(50))).toEqual({
      kind: 'mined',
      status: 'success',
      height: 7,
      indexBlockHash: hash(1_007).slice(2),
      resultHex: '0703',
      fee: 300,
    });
    expect(servers[0]!.paths.map((path) => path.split('?')[0])).toEqual([MULTIPLE, `${BLOCK}7`, MULTIPLE]);
    expect(servers[0]!.paths[0]).toContain(`tx_id=${ids.slice(0, 50).map((id) => `0x${id}`)}&`);
  });

  it.each([
    [{ tx_status: 'pending' }, { kind: 'mempool' }],
    [{ tx_status: 'dropped_replace_by_fee' }, { kind: 'dropped', status: 'dropped_replace_by_fee' }],
    [{ tx_status: 'dropped_stale_garbage_collect' }, { kind: 'dropped', status: 'dropped_stale_garbage_collect' }],
    [minedV1(1, 7, { canonical: false }), { kind: 'dropped', status: 'orphaned' }],
    [minedV1(1, 7, { tx_status: 'abort_by_post_condition' }), { kind: 'mined', status: 'abort_by_post_condition' }],
    [minedV1(1, 7, { tx_status: 'problematic_skipped' }), { kind: 'mined', status: 'problematic_skipped' }],
  ])('behavior: %j', async (shown, status) => {
    const { client, servers } = await bench();
    servers[0]!
      .on(MULTIPLE, { json: multiple({ tx_id: `0x${idOf(1)}`, ...shown }) })
      .on(`${BLOCK}7`, { json: blockAt(7) });
    expect((await client.transactions([idOf(1)])).get(idOf(1))).toMatchObject(status);
  });

  it('behavior: not found is absent', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(MULTIPLE, { json: { [`0x${idOf(1)}`]: { found: false, result: { tx_id: `0x${idOf(1)}` } } } });
    expect((await client.transactions([idOf(1)])).get(idOf(1))).toEqual({ kind: 'absent' });
  });

  it('behavior: a block that changed meanwhile is read again', async () => {
    const { client, servers } = await bench();
    servers[0]!
      .on(MULTIPLE, { json: multiple(minedV1(1, 7)) })
      .on(`${BLOCK}7`, { json: { ...blockAt(7), hash: hash(99) } }, { json: blockAt(7) });
    expect((await client.transactions([idOf(1)])).get(idOf(1))).toMatchObject({ kind: 'mined', height: 7 });
  });
});

describe('logs', () => {
  const event = (number: number): GridEvent => ({
    topic: 'prosumer-registered',
    sequence: sequence(number),
    height: height(number + 3),
    prosumer: ACCOUNT,
  });
  const row = (number: number, transaction: number, changed: object = {}) => ({
    event_index: 0,
    event_type: 'smart_contract_log',
    tx_id: `0x${idOf(transaction)}`,
    contract_log: {
      contract_id: CONTRACT,
      topic: 'print',
      value: { hex: `0x${encodeEvent(event(number))}`, repr: '' },
      ...changed,
    },
  });
  const page = (cursors: readonly [newest: string | null, older: string | null], ...results: readonly object[]) => ({
    json: { limit: 50, offset: 0, total: 9, next_cursor: null, cursor: cursors[0], prev_cursor: cursors[1], results },
  });

  it('behavior: the older page is the one behind prev_cursor; a page costs one request, whatever its blocks', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(LOGS, page(['7:0:1:0', '7:0:0:0'], row(4, 2), row(3, 1)));
    expect(await client.logs({ limit: 2, cursor: '7:0:1:0' })).toEqual({
      entries: [
        { event: event(4), hex: encodeEvent(event(4)), txId: idOf(2), height: 7 },
        { event: event(3), hex: encodeEvent(event(3)), txId: idOf(1), height: 6 },
      ],
      olderCursor: '7:0:0:0',
    });
    expect(servers[0]!.paths).toEqual([`${LOGS}?limit=2&cursor=7%3A0%3A1%3A0`]);
  });

  it('behavior: an empty log', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(LOGS, page([null, null]));
    expect(await client.logs()).toEqual({ entries: [], olderCursor: null });
  });

  it.each<[string, Scripted, object]>([
    ['a cursor that a reorg took back', { status: 404, json: {} }, { name: 'RejectedError', code: 'unknown-cursor' }],
    ['events of another contract', page(['7:0:0:0', null], row(1, 1, { contract_id: `${ADDRESS}.other` })), corruption],
    ['what is no event', page(['7:0:0:0', null], row(1, 1, { value: { hex: '0x03', repr: 'true' } })), corruption],
  ])('error: %s', async (_, answer, expected) => {
    const { client, servers } = await bench();
    servers[0]!.on(LOGS, answer);
    await expect(client.logs({ cursor: '7:0:0:0' })).rejects.toMatchObject(expected);
  });
});

describe('blocks', () => {
  it('behavior: by height, null where there is none', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(`${BLOCK}7`, { json: blockAt(7) });
    expect(await client.blockHashAt(height(7))).toBe(hash(1_007).slice(2));
    expect(await client.blockHashAt(height(8))).toBeNull();
  });
});

describe('wrong shapes', () => {
  it.each<[string, string, unknown, string, (client: ChainClient) => Promise<unknown>]>([
    ['/v2/info', 'stacks_tip', { ...INFO, stacks_tip: 'zz' }, '/v2/info', (client) => client.tip()],
    [
      '/v2/accounts',
      'balance',
      { nonce: 1, balance: 'much' },
      `/v2/accounts/${ACCOUNT}`,
      (client) => client.account(ACCOUNT),
    ],
    ['/v2/fees/transfer', 'body', 'dear', '/v2/fees/transfer', (client) => client.feeRate()],
    [
      '/extended/v3/principals',
      'mempool',
      { next_nonce: 1 },
      '/extended/v3/principals/{principal}/nonces',
      (client) => client.pendingNonces(ACCOUNT),
    ],
    [LOGS, 'results', { cursor: null, prev_cursor: null }, '/extended/v2/smart-contracts/', (client) => client.logs()],
    [
      BLOCK,
      'index_block_hash',
      { ...blockAt(7), index_block_hash: 7 },
      BLOCK,
      (client) => client.blockHashAt(height(7)),
    ],
    [MULTIPLE, 'found', { [`0x${idOf(1)}`]: {} }, MULTIPLE, (client) => client.transactions([idOf(1)])],
  ])('error: %s names route and field "%s"', async (path, field, json, route, ask) => {
    const { client, servers } = await bench();
    servers[0]!.on(path, { json });
    const error = await errorOf(ask(client));
    expect(error).toBeInstanceOf(CorruptionError);
    expect(error.message).toContain(route);
    expect(error.message).toContain(field);
  });
});
