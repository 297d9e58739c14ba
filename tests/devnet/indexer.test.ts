import { Cl } from '@stacks/transactions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { SAMPLE_ID, Session } from './support/session.ts';

interface LogPage {
  readonly total: number;
  readonly next_cursor: string | null;
  readonly prev_cursor: string | null;
  readonly cursor: string | null;
  readonly results: readonly { readonly tx_id: string; readonly event_index: number }[];
}

const LOGS = `/extended/v2/smart-contracts/${SAMPLE_ID}/logs`;
const CALLS = 11;

let devnet: TestDevnet;
let session: Session;
/** Ids of the calls that printed, newest first. */
let newestFirst: string[];

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
  await session.deploySample();
  newestFirst = [];
  for (let nonce = 0; nonce < CALLS; nonce += 1) {
    const call = await session.call(testAccount(1), 'count', [Cl.uint(1)], { nonce });
    await session.post(call);
    newestFirst.unshift(`0x${call.txid()}`);
    if (nonce % 4 === 3) await devnet.mine();
  }
  await devnet.mine();
});
afterAll(() => devnet?.stop());

const idsOf = (page: LogPage): string[] => page.results.map(({ tx_id }) => tx_id);

describe('contract logs', () => {
  it('are walked from the newest to the oldest by prev_cursor, and back by next_cursor', async () => {
    const seen: string[] = [];
    let page = await session.json<LogPage>(`${LOGS}?limit=4`);
    expect(page).toMatchObject({
      total: CALLS,
      next_cursor: null,
      cursor: expect.stringMatching(/^\d+:2147483647:2:0$/),
    });
    const cursors = [page.cursor];
    for (;;) {
      seen.push(...idsOf(page));
      if (page.prev_cursor === null) break;
      page = await session.json<LogPage>(`${LOGS}?limit=4&cursor=${page.prev_cursor}`);
      cursors.push(page.cursor);
    }
    expect(seen).toEqual(newestFirst);
    while (page.next_cursor !== null) {
      cursors.pop();
      page = await session.json<LogPage>(`${LOGS}?limit=4&cursor=${page.next_cursor}`);
      expect(page.cursor).toBe(cursors.at(-1));
    }
    expect(idsOf(page)).toEqual(newestFirst.slice(0, 4));
  });

  it('begin with the row that the cursor names, and stay put while new ones come', async () => {
    const { cursor } = await session.json<LogPage>(`${LOGS}?limit=1&offset=2`);
    const page = await session.json<LogPage>(`${LOGS}?limit=3&cursor=${cursor}`);
    expect(idsOf(page)).toEqual(newestFirst.slice(2, 5));
  });

  it('answer 404 to a cursor that names no row, and 400 to a page that is too long', async () => {
    for (const cursor of ['1:2147483647:0:0', '3:0:0:0', 'nonsense', '3:2147483647:0']) {
      expect((await session.fetch(`${LOGS}?cursor=${cursor}`)).status).toBe(404);
    }
    expect((await session.fetch(`${LOGS}?limit=51`)).status).toBe(400);
  });

  it('are served by the old route as well, with a warning', async () => {
    const response = await session.fetch(`/extended/v1/contract/${SAMPLE_ID}/events?limit=2&offset=1`);
    expect(response.headers.get('warning')).toMatch(/^299 - "Deprecated/);
    expect(idsOf((await response.json()) as LogPage)).toEqual(newestFirst.slice(1, 3));
    expect(
      await session.json('/extended/v1/contract/ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM.x/events'),
    ).toMatchObject({ results: [] });
  });
});

describe('transactions', () => {
  it('are found many at a time', async () => {
    const unknown = `0x${'ab'.repeat(32)}`;
    const [known = ''] = newestFirst;
    const found = await session.json<Record<string, { found: boolean }>>(
      `/extended/v1/tx/multiple?tx_id=${known},${unknown}`,
    );
    expect(found[known]).toMatchObject({ found: true, result: { tx_status: 'success', event_count: 1 } });
    expect(found[unknown]).toEqual({ found: false, result: { tx_id: unknown } });
  });

  it('show results and arguments only when asked, and one path redirects to the other', async () => {
    const [txid = ''] = newestFirst;
    expect(await session.json(`/extended/v3/transactions/${txid}`)).not.toHaveProperty('result');
    expect((await session.fetch(`/extended/v3/transactions/${txid}?include=everything`)).status).toBe(400);
    const redirect = await session.fetch(`/extended/v1/tx/${txid.slice(2)}`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, `/extended/v1/tx/${txid}`]);
  });

  it('of a principal are paged to the older ones by next', async () => {
    interface Page {
      readonly cursor: { readonly next: string | null };
      readonly results: readonly { readonly transaction: { readonly tx_id: string } }[];
    }
    const path = `/extended/v3/principals/${testAccount(1).address}/transactions?limit=5`;
    const seen: string[] = [];
    for (let page = await session.json<Page>(path); ; ) {
      seen.push(...page.results.map(({ transaction }) => transaction.tx_id));
      if (page.cursor.next === null) break;
      page = await session.json<Page>(`${path}&cursor=${page.cursor.next}`);
    }
    expect(seen).toEqual(newestFirst);
  });
});

describe('blocks', () => {
  it('are found by height, hash and index hash, and chained', async () => {
    interface Block {
      readonly height: number;
      readonly hash: string;
      readonly index_block_hash: string;
      readonly parent_index_block_hash: string;
    }
    const latest = await session.json<Block>('/extended/v2/blocks/latest');
    for (const name of [latest.height, latest.hash, latest.index_block_hash]) {
      expect(await session.json(`/extended/v2/blocks/${name}`)).toEqual(latest);
    }
    const parent = await session.json<Block>(`/extended/v2/blocks/${latest.height - 1}`);
    expect(parent.index_block_hash).toBe(latest.parent_index_block_hash);
    const missing = await session.fetch('/extended/v2/blocks/999999');
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { statusCode: 404, error: 'Not Found', message: 'Block not found' },
    ]);
  });
});

describe('the mempool', () => {
  it('lists what waits, for all and for one', async () => {
    const transfer = await session.transfer(testAccount(2), testAccount(3).address, 5n, 0, 777);
    await session.post(transfer);
    const tx_id = `0x${transfer.txid()}`;
    for (const path of [
      '/extended/v3/mempool/transactions',
      `/extended/v3/principals/${testAccount(3).address}/mempool/transactions`,
      `/extended/v1/tx/mempool?sender_address=${testAccount(2).address}`,
    ]) {
      expect(await session.json(path)).toMatchObject({ total: 1, results: [{ tx_id }] });
    }
    expect(await session.json('/extended/v2/mempool/fees')).toMatchObject({
      all: { no_priority: 777, high_priority: 777 },
      token_transfer: { medium_priority: 777 },
    });
    const { mempool } = await session.json<{ mempool: unknown }>(
      `/extended/v3/principals/${testAccount(2).address}/balances/stx`,
    );
    expect(mempool).toMatchObject({ inbound: '0', outbound: '782' });
  });
});
