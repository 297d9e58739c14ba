import { Cl } from '@stacks/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { SAMPLE_ID, Session } from './support/session.ts';

let devnet: TestDevnet;
let session: Session;
const [sender, payer, payee] = [testAccount(1), testAccount(2), testAccount(3)];

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
  await session.deploySample();
});
afterEach(() => devnet.faults.clear());
afterAll(() => devnet?.stop());

const indexerTip = async (): Promise<number> =>
  (await session.json<{ height: number }>('/extended/v2/blocks/latest')).height;
const nodeTip = async (): Promise<number> =>
  (await session.json<{ stacks_tip_height: number }>('/v2/info')).stacks_tip_height;

/** Everything that the indexer says, of transactions that it knows and of some that it does not know yet. */
async function pictureOf(txids: readonly string[]): Promise<unknown> {
  const people = [sender, payer, payee].map(({ address }) => address);
  const paths = [
    '/extended',
    '/extended/v2/blocks?limit=30',
    '/extended/v2/blocks/latest',
    '/extended/v3/transactions?limit=50',
    '/extended/v3/mempool/transactions',
    '/extended/v1/tx/mempool',
    '/extended/v2/mempool/fees',
    `/extended/v1/tx/multiple?tx_id=${txids.map((txid) => `0x${txid}`).join(',')}`,
    `/extended/v2/smart-contracts/${SAMPLE_ID}/logs?limit=50`,
    `/extended/v2/smart-contracts/status?contract_id=${SAMPLE_ID},${sender.address}.late`,
    `/extended/v1/contract/${sender.address}.late`,
    ...people.flatMap((address) => [
      `/extended/v3/principals/${address}/nonces`,
      `/extended/v3/principals/${address}/balances/stx`,
      `/extended/v3/principals/${address}/transactions`,
      `/extended/v3/principals/${address}/mempool/transactions`,
      `/extended/v1/address/${address}/balances`,
    ]),
  ];
  return Promise.all(
    paths.map(async (path) => {
      const response = await session.fetch(path);
      return [path, response.status, await response.json()];
    }),
  );
}

describe('an indexer that lags', () => {
  it('says of every block exactly what it said when that block was the newest', async () => {
    const steps = [
      [
        await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0 }),
        await session.transfer(payer, payee.address, 5n, 0),
        await session.transfer(payer, payee.address, 6n, 2),
      ],
      [
        await session.transfer(payer, payee.address, 7n, 2, 2000),
        await session.call(sender, 'refuse', [], { nonce: 1 }),
        await session.deploy(sender, 'late', '(define-read-only (f) u1)', 2),
      ],
      [await session.call(sender, 'count', [Cl.uint(1)], { nonce: 3 })],
      [await session.transfer(payer, payee.address, 8n, 1)],
    ];
    const txids = steps.flat().map((transaction) => transaction.txid());
    const pictures: { height: number; picture: unknown }[] = [];
    const remember = async () => pictures.push({ height: await nodeTip(), picture: await pictureOf(txids) });
    for (const [index, step] of steps.entries()) {
      for (const transaction of step) expect((await session.post(transaction)).status).toBe(200);
      if (index === 2) await devnet.faults.forget({ transactions: [txids[6] ?? ''] });
      await remember();
      await devnet.mine(index + 1);
    }
    await remember();
    const tip = await nodeTip();
    for (const { height, picture } of pictures.toReversed().slice(1)) {
      const catchUp = await devnet.faults.lagIndexer(tip - height);
      expect(await indexerTip()).toBe(height);
      expect(await pictureOf(txids)).toEqual(picture);
      await catchUp();
    }
    expect(await pictureOf(txids)).toEqual(pictures.at(-1)?.picture);
  });

  it('leaves the node alone: what is mined is unknown to the one and done for the other', async () => {
    const transaction = await session.transfer(payee, payer.address, 5n, 0);
    await devnet.faults.lagIndexer(1);
    await devnet.mine();
    await session.post(transaction);
    expect((await session.fetch(`/v2/transactions/unconfirmed/${transaction.txid()}`)).status).toBe(200);
    const status = async () => {
      const response = await session.fetch(`/extended/v3/transactions/0x${transaction.txid()}`);
      return response.ok ? ((await response.json()) as { status: string }).status : response.status;
    };
    expect(await status()).toBe(404);
    await devnet.mine();
    expect((await session.account(payee.address)).nonce).toBe(1);
    expect(await status()).toBe('pending');
    expect(await indexerTip()).toBe((await nodeTip()) - 1);
    await devnet.mine();
    expect(await status()).toBe('success');
  });

  it('goes backwards when the lag grows at once, and forwards when it ends by itself', async () => {
    const tip = await devnet.mine();
    await devnet.faults.lagIndexer(1, 4);
    const seen = [await indexerTip()];
    await devnet.faults.lagIndexer(3, 2);
    seen.push(await indexerTip());
    for (let block = 0; block < 4; block += 1) {
      await devnet.mine();
      seen.push(await indexerTip());
    }
    expect(seen.map((height) => height - tip)).toEqual([-1, -3, -2, 1, 2, 4]);
  });

  it('does not fall behind the first block', async () => {
    await devnet.faults.lagIndexer(1_000_000);
    expect(await indexerTip()).toBe(1);
  });
});

describe('an indexer that is frozen', () => {
  it('stays at its block while the chain goes on, and is up to date at once afterwards', async () => {
    const tip = await nodeTip();
    await devnet.faults.add({ kind: 'indexer-freeze', forBlocks: 3 });
    const seen: number[] = [];
    for (let block = 0; block < 3; block += 1) {
      seen.push(await indexerTip());
      await devnet.mine();
    }
    seen.push(await indexerTip());
    expect(seen).toEqual([tip, tip, tip, tip + 3]);
  });
});
