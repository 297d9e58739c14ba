import { Cl } from '@stacks/transactions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, type TestAccount, type TestDevnet, testAccount } from '../support/devnet.ts';
import { SAMPLE_ID, Session } from './support/session.ts';

interface BlockAnswer {
  readonly height: number;
  readonly hash: string;
  readonly index_block_hash: string;
  readonly parent_index_block_hash: string;
}

let devnet: TestDevnet;
let session: Session;
/** The next nonce by address. */
const nonces = new Map<string, number>();

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
  await session.deploySample();
  await devnet.mine(3);
});
afterAll(() => devnet?.stop());

/** A call of `count`, posted with the account's next nonce. */
async function count(sender: TestAccount, by: number): Promise<string> {
  const nonce = nonces.get(sender.address) ?? 0;
  nonces.set(sender.address, nonce + 1);
  const call = await session.call(sender, 'count', [Cl.uint(by)], { nonce });
  expect((await session.post(call)).status).toBe(200);
  return call.txid();
}

const blockAt = (height: number | 'latest') => session.json<BlockAnswer>(`/extended/v2/blocks/${height}`);
const stateOf = async (txid: string): Promise<string> => {
  const [indexer, node] = await Promise.all([
    session.fetch(`/extended/v3/transactions/0x${txid}`),
    session.fetch(`/v2/transactions/unconfirmed/${txid}`),
  ]);
  const status = indexer.ok ? ((await indexer.json()) as { status: string }).status : 'unknown';
  return `${status}, ${node.ok ? 'waiting' : 'not waiting'}`;
};
const printed = async () => {
  const { total, results } = await session.json<{ total: number; results: { tx_id: string }[] }>(
    `/extended/v2/smart-contracts/${SAMPLE_ID}/logs?limit=50`,
  );
  return { total, newest: results[0]?.tx_id.slice(2) };
};
const counter = async (): Promise<string> => {
  const [address, name] = SAMPLE_ID.split('.');
  return (await session.json<{ data: string }>(`/v2/data_var/${address}/${name}/counter?proof=0`)).data;
};

describe('a reorganisation', () => {
  it('puts transactions back into the mempool, and their effects away, until they are mined again', async () => {
    const sender = testAccount(1);
    const before = { account: await session.account(sender.address), counter: await counter(), log: await printed() };
    const parent = await blockAt('latest');
    const [first, second] = [await count(sender, 5), await count(sender, 6)];
    const height = await devnet.mine();
    const mined = { account: await session.account(sender.address), counter: await counter(), log: await printed() };
    const [block, pinned] = [await blockAt(height), await session.read('get-counter')];

    const answer = await devnet.faults.reorg({ depth: 1, transactions: 'return' });
    expect(answer).toMatchObject({
      fork_height: height - 1,
      height,
      orphaned: [`0x${first}`, `0x${second}`],
      mined: [],
    });
    const other = await blockAt(height);
    expect([other.parent_index_block_hash, other.height]).toEqual([parent.index_block_hash, height]);
    expect(other.index_block_hash).not.toBe(block.index_block_hash);
    expect(other.index_block_hash).toBe(answer.index_block_hash);
    for (const id of [block.hash, block.index_block_hash]) {
      expect((await session.fetch(`/extended/v2/blocks/${id}`)).status).toBe(404);
    }
    const orphan = await session.read('get-counter', [], block.index_block_hash.slice(2));
    expect([pinned.status, orphan.status]).toEqual([200, 404]);
    expect(await Promise.all([first, second].map(stateOf))).toEqual(['pending, waiting', 'pending, waiting']);
    expect({ account: await session.account(sender.address), counter: await counter(), log: await printed() }).toEqual(
      before,
    );

    await devnet.mine();
    expect(await Promise.all([first, second].map(stateOf))).toEqual(['success, not waiting', 'success, not waiting']);
    expect({ account: await session.account(sender.address), counter: await counter(), log: await printed() }).toEqual(
      mined,
    );
  });

  it('mines them again at once, in blocks of other hashes and perhaps at another height', async () => {
    const sender = testAccount(1);
    const early = await count(sender, 1);
    await devnet.mine(2);
    const late = await count(sender, 2);
    const height = await devnet.mine();
    const before = await Promise.all([height - 2, height - 1, height].map(blockAt));
    const { mined } = await devnet.faults.reorg({ depth: 3 });
    expect(mined).toEqual([early, late].map((txid) => `0x${txid}`));
    const after = await Promise.all([height - 2, height - 1, height].map(blockAt));
    expect(new Set([...before, ...after].map((block) => block.index_block_hash)).size).toBe(6);
    expect((await session.transaction(late)).block?.height).toBe(height - 2);
  });

  it('loses them without a trace, and gives the nonce back', async () => {
    const sender = testAccount(2);
    const { nonce } = await session.account(sender.address);
    const lost = await count(sender, 3);
    await devnet.mine();
    expect((await session.account(sender.address)).nonce).toBe(nonce + 1);
    await devnet.faults.reorg({ depth: 1, transactions: 'forget' });
    expect(await stateOf(lost)).toBe('unknown, not waiting');
    expect((await session.account(sender.address)).nonce).toBe(nonce);
    nonces.set(sender.address, nonce);
  });

  it('takes the tip back where fewer blocks come in their place, or forward where there are more', async () => {
    const height = await devnet.mine(3);
    expect(await devnet.faults.reorg({ depth: 2, blocks: 0 })).toMatchObject({ height: height - 2 });
    expect(await session.json('/v2/info')).toMatchObject({ stacks_tip_height: height - 2 });
    expect(await devnet.faults.reorg({ depth: 1, blocks: 3 })).toMatchObject({ height });
  });

  it('leaves as many events with other content: one transaction out, one of somebody else in its place', async () => {
    const [ours, other] = [testAccount(3), testAccount(4)];
    const kept = await count(ours, 7);
    await devnet.mine();
    const left = await count(ours, 8);
    await devnet.mine();
    const before = { log: await printed(), counter: await counter() };
    const foreign = await session.call(other, 'count', [Cl.uint(99)], { nonce: 0 });
    const { mined, rejected } = await devnet.faults.reorg({
      depth: 2,
      except: { [`0x${left}`]: 'return' },
      include: [foreign.serialize()],
    });
    expect([new Set(mined), rejected]).toEqual([new Set([kept, foreign.txid()].map((txid) => `0x${txid}`)), []]);
    expect(await printed()).toMatchObject({ total: before.log.total });
    expect(await stateOf(left)).toBe('pending, waiting');
    expect(await counter()).not.toBe(before.counter);
    await devnet.mine();
    expect(await printed()).toEqual({ total: before.log.total + 1, newest: left });
  });

  it('can give a nonce of ours to a foreign transaction of the same key', async () => {
    const sender = testAccount(5);
    const ours = await count(sender, 1);
    await devnet.mine();
    const foreign = await session.transfer(sender, testAccount(6).address, 1n, 0, 5000);
    await devnet.faults.reorg({ depth: 1, transactions: 'return', include: [foreign.serialize()] });
    expect(await session.transaction(ours)).toMatchObject({
      status: 'dropped_replace_by_fee',
      replaced_by_tx_id: `0x${foreign.txid()}`,
    });
    expect(await stateOf(foreign.txid())).toBe('success, not waiting');
    expect((await session.post(await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0 }))).body).toMatchObject({
      reason: 'BadNonce',
    });
    nonces.set(sender.address, 1);
  });

  it('says what the chain did not take', async () => {
    await devnet.mine();
    const far = await session.transfer(testAccount(6), testAccount(1).address, 1n, 90);
    const { rejected } = await devnet.faults.reorg({ depth: 1, include: [far.serialize()] });
    expect(rejected).toMatchObject([{ tx_id: `0x${far.txid()}`, reason: 'TooMuchChaining' }]);
  });

  it('keeps what was posted, minted and replaced in the meantime', async () => {
    const [sender, rich] = [testAccount(7), testAccount(60)];
    await devnet.mine();
    await devnet.admin('mint', { address: rich.address, amount: '1234' });
    const cheap = await session.transfer(sender, rich.address, 1n, 0, 1000);
    const dear = await session.transfer(sender, rich.address, 1n, 0, 2000);
    for (const one of [cheap, dear]) await session.post(one);
    await devnet.faults.reorg({ depth: 1 });
    expect((await session.account(rich.address)).balance).toBe(1234n);
    expect(await stateOf(dear.txid())).toBe('pending, waiting');
    expect(await stateOf(cheap.txid())).toBe('dropped_replace_by_fee, not waiting');
    await devnet.mine();
    expect((await session.account(rich.address)).balance).toBe(1235n);
  });

  it('takes a contract back, and mines calls to it as failed while it is gone', async () => {
    const sender = testAccount(8);
    const address = sender.address;
    const deploy = await session.deploy(sender, 'young', '(define-public (f) (ok u1))', 0);
    await session.post(deploy);
    await devnet.mine();
    const call = await session.call(testAccount(9), 'f', [], {
      nonce: 0,
      contractAddress: address,
      contractName: 'young',
    });
    expect((await session.post(call)).status).toBe(200);
    const { orphaned } = await devnet.faults.reorg({ depth: 2, transactions: 'forget' });
    expect(orphaned).toEqual([`0x${deploy.txid()}`]);
    expect((await session.fetch(`/v2/contracts/interface/${address}/young`)).status).toBe(404);
    await devnet.mine();
    expect(await session.transaction(call.txid())).toMatchObject({
      status: 'abort_by_response',
      result: { repr: '(err none)' },
      vm_error: `NoSuchContract("${address}.young")`,
    });
    await session.post(deploy);
    await devnet.mine();
    expect((await session.fetch(`/v2/contracts/interface/${address}/young`)).status).toBe(200);
  });

  it('is hidden for a while by an indexer that stays on the blocks taken back', async () => {
    const sender = testAccount(1);
    const txid = await count(sender, 1);
    const height = await devnet.mine();
    const orphan = await blockAt(height);
    await devnet.faults.reorg({ depth: 1, transactions: 'return', staleForBlocks: 2 });
    expect(await blockAt('latest')).toEqual(orphan);
    expect(await session.transaction(txid)).toMatchObject({ status: 'success', block: { height } });
    expect(`0x${(await session.json<{ stacks_tip: string }>('/v2/info')).stacks_tip}`).not.toBe(orphan.hash);
    await devnet.mine();
    expect(await blockAt('latest')).toEqual(orphan);
    await devnet.mine();
    expect(await blockAt('latest')).toMatchObject({ height: height + 2 });
    expect(await session.transaction(txid)).toMatchObject({ block: { height: height + 1 } });
  });

  it('is refused where it makes no sense, and then changes nothing', async () => {
    const info = await session.json('/v2/info');
    const { height } = await blockAt('latest');
    const stranger = `0x${'ab'.repeat(32)}`;
    const refused = (options: object) => expect(devnet.faults.reorg(options as never)).rejects;
    await refused({}).toThrow(/400.*depth: .*, was undefined/);
    await refused({ depth: height }).toThrow(new RegExp(`400.*depth: expected at most ${height - 1}.*, was ${height}`));
    await refused({ depth: 1, except: { [stranger]: 'return' } }).toThrow(
      new RegExp(`400.*except: expected transactions of the newest 1 blocks, was \\\\"${stranger}`),
    );
    await refused({ depth: 1, include: ['0xbeef'] }).toThrow(/400.*include\.0: expected a transaction in hex/);
    expect(await session.json('/v2/info')).toEqual(info);
  });
});
