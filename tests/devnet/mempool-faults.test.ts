import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { Session } from './support/session.ts';

let devnet: TestDevnet;
let session: Session;
const payee = testAccount(0).address;

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
});
afterAll(() => devnet?.stop());

const isWaiting = async (txid: string): Promise<boolean> =>
  (await session.fetch(`/v2/transactions/unconfirmed/${txid}`)).ok;
const statusOf = async (txid: string): Promise<string> => {
  const response = await session.fetch(`/extended/v3/transactions/0x${txid}`);
  return response.ok ? ((await response.json()) as { status: string }).status : String(response.status);
};
const tip = async (): Promise<number> =>
  (await session.json<{ stacks_tip_height: number }>('/v2/info')).stacks_tip_height;

describe('a mempool that forgets', () => {
  it('knows nothing of a transaction any more, and takes the same bytes as if they were new', async () => {
    const sender = testAccount(1);
    const transfer = await session.transfer(sender, payee, 1n, 0);
    await session.post(transfer);
    expect(await devnet.faults.forget({ transactions: [`0x${transfer.txid()}`] })).toEqual([`0x${transfer.txid()}`]);
    expect([await isWaiting(transfer.txid()), await statusOf(transfer.txid())]).toEqual([false, '404']);
    expect(await session.json(`/extended/v3/principals/${sender.address}/nonces`)).toMatchObject({ next_nonce: 0 });
    await devnet.mine();
    expect((await session.account(sender.address)).nonce).toBe(0);
    expect(await session.post(transfer)).toEqual({ status: 200, body: transfer.txid() });
    await devnet.mine();
    expect(await statusOf(transfer.txid())).toBe('success');
  });

  it('can say why it dropped one, which another wallet may then replace with less', async () => {
    const sender = testAccount(2);
    const dear = await session.transfer(sender, payee, 1n, 0, 5000);
    await session.post(dear);
    await devnet.faults.forget({ transactions: { sender: sender.address }, as: 'dropped_too_expensive' });
    expect(await session.transaction(dear.txid())).toMatchObject({
      status: 'dropped_too_expensive',
      replaced_by_tx_id: null,
    });
    const cheap = await session.transfer(sender, payee, 1n, 0, 1000);
    expect((await session.post(cheap)).status).toBe(200);
    await devnet.mine();
    expect(await session.post(dear)).toMatchObject({ status: 400, body: { reason: 'BadNonce' } });
  });

  it('gets one back after some blocks, as from another node that still had it', async () => {
    const sender = testAccount(3);
    const transfers = [await session.transfer(sender, payee, 1n, 0), await session.transfer(sender, payee, 2n, 1)];
    for (const one of transfers) await session.post(one);
    const [first, second] = transfers.map((one) => one.txid());
    await devnet.faults.forget({ transactions: { sender: sender.address, nonce: 0 }, returnAfterBlocks: 2 });
    expect([await isWaiting(first ?? ''), await isWaiting(second ?? '')]).toEqual([false, true]);
    await devnet.mine();
    expect(await isWaiting(first ?? '')).toBe(false);
    await devnet.mine();
    expect(await isWaiting(first ?? '')).toBe(true);
    await devnet.mine();
    expect((await session.account(sender.address)).nonce).toBe(2);
  });

  it('forgets everything at once', async () => {
    const senders = [testAccount(4), testAccount(5)];
    for (const sender of senders) await session.post(await session.transfer(sender, payee, 1n, 0));
    expect(await devnet.faults.forget({ transactions: 'all' })).toHaveLength(2);
    expect(await devnet.faults.forget({ transactions: 'all' })).toEqual([]);
    expect(await session.json('/extended/v3/mempool/transactions')).toMatchObject({ total: 0 });
  });

  it('has to hold what it is to forget', async () => {
    const stranger = `0x${'ab'.repeat(32)}`;
    await expect(devnet.faults.forget({ transactions: [stranger] })).rejects.toThrow(
      new RegExp(`400.*expected ids of transactions that wait, was \\\\"${stranger}`),
    );
  });
});

describe('a tip that stalls', () => {
  it('misses the blocks that are due, and takes transactions all the same', async () => {
    const sender = testAccount(6);
    const height = await tip();
    const goOn = await devnet.faults.stallTip();
    await session.post(await session.transfer(sender, payee, 1n, 0));
    expect(await devnet.admin('mine', { blocks: 3 })).toMatchObject({ height, missed: 3, transactions: [] });
    expect(await session.json(`/extended/v3/principals/${sender.address}/nonces`)).toMatchObject({ next_nonce: 1 });
    await goOn();
    expect(await devnet.admin('mine')).toMatchObject({ height: height + 1, missed: 0, transactions: [/^0x/] });
  });

  it('goes on by itself after so many blocks', async () => {
    const height = await tip();
    await devnet.faults.stallTip(2);
    expect(await devnet.admin('mine', { blocks: 5 })).toMatchObject({ height: height + 3, missed: 2 });
  });
});

describe('a foreign wallet with the same key', () => {
  it('takes a nonce over by any higher fee, and the loser is told who won', async () => {
    const sender = testAccount(7);
    const ours = await session.transfer(sender, payee, 1n, 0, 1000);
    const equal = await session.transfer(sender, payee, 2n, 0, 1000);
    const foreign = await session.transfer(sender, payee, 2n, 0, 1001);
    await session.post(ours);
    expect(await session.post(equal)).toMatchObject({ status: 400, body: { reason: 'ConflictingNonceInMempool' } });
    expect((await session.post(foreign)).status).toBe(200);
    expect(await session.post(ours)).toMatchObject({ status: 400, body: { reason: 'ConflictingNonceInMempool' } });
    await devnet.mine();
    expect(await session.transaction(ours.txid())).toMatchObject({
      status: 'dropped_replace_by_fee',
      replaced_by_tx_id: `0x${foreign.txid()}`,
    });
    expect(await statusOf(foreign.txid())).toBe('success');
  });
});
