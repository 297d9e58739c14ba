import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createChainClient } from '../../src/chain/index.ts';
import { type GridCall, gridContractSource } from '../../src/contract/index.ts';
import { LostLaneError, microStx, principal, seededRandom, tradeId } from '../../src/core/index.ts';
import {
  type ChainPort,
  createExecution,
  type Execution,
  type LedgerPort,
  reconcile,
} from '../../src/execution/index.ts';
import { NOOP } from '../../src/execution/no-op.ts';
import { TRANSACTION_STATES } from '../../src/execution/ports/transaction.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import { createPgliteLedger, type EmbeddedDatabase, openMemoryDatabase } from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { ManualQueue } from '../support/manual-queue.ts';
import { planCancel } from '../support/trading-fixtures.ts';

const [owner, ...operators] = Array.from({ length: 6 }, (_, index) => {
  const { address, privateKey } = testAccount(index);
  return { address: principal(address), key: keyFromText({ name: `account-${index}`, text: privateKey }) };
});
if (owner === undefined) throw new Error('expected test accounts');
const contractId = `${owner.address}.energy-grid`;
const feeCap = microStx(1_000_000);

let devnet: TestDevnet;
let chain: ChainPort & { close(): void };
let database: EmbeddedDatabase;

beforeAll(async () => {
  devnet = await startTestDevnet();
  const clock = { now: () => Date.now() };
  chain = createChainClient({ urls: [devnet.url], contractId, network: 'embedded', clock, random: seededRandom(1) });
  const signer = createLocalSigner({ keys: [owner.key], network: 'embedded', contractId, feeCap, calls: 'every' });
  const terms = { signer: owner.address, nonce: 0, fee: microStx(500_000) };
  const { hex } = await signer.signDeploy({ ...terms, source: gridContractSource() });
  await chain.broadcast(hex);
  await devnet.mine();
  database = await openMemoryDatabase();
});

afterAll(async () => {
  await database?.close();
  chain?.close();
  await devnet?.stop();
});

describe('replacement on the embedded chain, over HTTP', () => {
  let tests = 0;
  let ledger: LedgerPort;
  let queue: ManualQueue;
  let execution: Execution;
  let operator = owner;
  let now = 1_000_000;
  const log = collectingLog();

  beforeEach(async () => {
    operator = operators[tests % operators.length] ?? owner;
    tests += 1;
    const binding = { identity: await chain.identity(), contractId };
    ledger = await createPgliteLedger({ database }, { binding, schema: `replacement_${tests}` });
    queue = new ManualQueue();
    const signer = createLocalSigner({ keys: [operator.key], network: 'embedded', contractId, feeCap });
    execution = createExecution(
      { ledger, queue, chain, signer, clock: { now: () => now }, log },
      {
        lanes: [operator.address],
        lease: { holder: 'test', soleHolder: true },
        fee: { ratePerByte: 1, floor: microStx(500), cap: feeCap },
        confirmedDepth: 1,
        finalDepth: 2,
        validityBlocks: 20,
        retryMs: 20,
      },
    );
    await execution.recover();
    return async () => {
      await execution.drain({ deadlineMs: 1_000 });
      await ledger.close();
    };
  });

  const tip = async () => (await chain.tip()).height;
  const all = () => ledger.transactions({ states: TRANSACTION_STATES });
  const stateOf = async (...ids: string[]) => (await ledger.intents(ids)).map(({ state }) => state);

  /** An intent that the chain refuses, whose transaction it mines all the same. */
  async function submit(id: string): Promise<void> {
    const at = await tip();
    await execution.submit(
      [planCancel({ id, operator: operator.address, account: operator.address, at, tradeId: tradeId(999) })],
      { height: at },
    );
  }

  async function mineAndConfirm(): Promise<void> {
    await devnet.mine();
    now += 1_000;
    await execution.openIntents({ seenHeight: await tip() });
    await execution.confirm();
    await queue.runAll();
  }

  /** Somebody else who has the operator's key. */
  async function foreign(nonce: number, fee: number, call: GridCall = { kind: 'registerProsumer' }) {
    const stranger = createLocalSigner({
      keys: [operator.key],
      network: 'embedded',
      contractId,
      feeCap,
      calls: 'every',
    });
    const { hex } = await stranger.sign({ signer: operator.address, call, nonce, fee: microStx(fee) });
    return chain.broadcast(hex);
  }

  test('the call that does nothing is admitted, mined with success, and moves no funds but its fee', async () => {
    const signer = createLocalSigner({ keys: [operator.key], network: 'embedded', contractId, feeCap });
    const before = await chain.account(operator.address);
    const { nonce } = before;
    const { hex, txId } = await signer.sign({ signer: operator.address, call: NOOP, nonce, fee: microStx(500) });
    expect(await chain.broadcast(hex)).toEqual({ kind: 'accepted', txId });
    await devnet.mine();
    expect((await chain.transactions([txId])).get(txId)).toMatchObject({ kind: 'mined', status: 'success' });
    expect((await chain.logs()).entries.filter((entry) => entry.txId === txId)).toEqual([]);
    expect(await chain.account(operator.address)).toEqual({ nonce: nonce + 1, balance: before.balance - 500 });
  });

  test('a cancelled transaction is replaced in the mempool; its intents are released when that is mined', async () => {
    await submit('c-1');
    await queue.runAll();
    expect(await execution.cancel(['c-1'])).toMatchObject({ replaced: ['c-1'] });
    await queue.runAll();
    await mineAndConfirm();
    expect(await stateOf('c-1')).toEqual(['cancelled']);
    await mineAndConfirm();
    await mineAndConfirm();
    const [transaction] = await all();
    expect(transaction).toMatchObject({ state: 'cancelled', attempts: [{ noop: false }, { noop: true }] });
    expect(await reconcile({ chain, ledger })).toMatchObject({ reconciled: true, pending: 0, transactions: 1 });
  });

  test('a foreign transaction of the same nonce and a higher fee is noticed and not overwritten', async () => {
    const { nonce } = await chain.account(operator.address);
    await submit('c-1');
    await queue.runAll();
    expect(await foreign(nonce, 50_000)).toMatchObject({ kind: 'accepted' });
    now += 1_000;
    await execution.confirm();
    await queue.runAll();
    expect(execution.lanes()[0]?.paused).toMatch(`nonce ${nonce}: ConflictingNonceInMempool`);
    expect(await execution.cancel(['c-1'])).toMatchObject({ kept: ['c-1'] });
    for (let block = 0; block < 2; block += 1) await mineAndConfirm();
    expect(await stateOf('c-1')).toEqual(['claimed']);
    expect(execution.lanes()[0]?.paused).toBe(`nonce ${nonce} was taken by a transaction that is not ours`);
    for (let block = 0; block < 3; block += 1) await mineAndConfirm();
    expect(await stateOf('c-1')).toEqual(['superseded']);
    expect(execution.lanes()[0]).toMatchObject({ halt: { cause: 'foreign' } });
    await execution.resume();
    const errors = log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
    expect(errors).toContainEqual(expect.stringContaining('somebody else uses its key'));
    await submit('c-2');
    await queue.runAll();
    await mineAndConfirm();
    expect(await stateOf('c-2')).toEqual(['failed']);
  });

  test('a foreign transaction that is pending is waited for, whatever it offers', async () => {
    const { nonce } = await chain.account(operator.address);
    // An account without any confirmed transaction shows the indexer's highest pending nonce alone, which is this one.
    expect(await foreign(nonce, 600)).toMatchObject({ kind: 'accepted' });
    await submit('c-1');
    expect(execution.lanes()[0]?.paused).toBe(`nonce ${nonce} is held by a pending transaction that is not ours`);
    expect(await stateOf('c-1')).toEqual(['allowed']);
    await mineAndConfirm();
    await mineAndConfirm();
    expect((await all()).map((one) => one.nonce)).toEqual([nonce + 1]);
  });

  test('a nonce that the ledger left out is filled, and what waited behind it is mined', async () => {
    const { nonce } = await chain.account(operator.address);
    const at = await tip();
    const planned = [
      planCancel({ id: 'c-1', operator: operator.address, account: operator.address, at, tradeId: tradeId(999) }),
    ];
    const lease = await ledger.acquireLanes({ lanes: [operator.address], holder: 'test', ttlMs: 0, soleHolder: true });
    const [lane] = lease?.lanes ?? [];
    if (lease === null || lane === undefined) throw new Error('expected a lease');
    await lease.recordIntents({ planned, at: 1 });
    const call = { kind: 'cancelTradeFor', validUntil: BigInt(at + 20), entries: [] } as const;
    const entries = [{ seller: operator.address, tradeId: 999n }];
    const claim = { call: { ...call, entries }, intentIds: ['c-1'], window: 20, at: 1 };
    await lane.claim({ ...claim, chainNonce: nonce + 1 });
    // The execution has lost the lane by this, and takes it again.
    await expect(execution.confirm()).rejects.toThrow(LostLaneError);
    await execution.recover();
    for (let block = 0; block < 4; block += 1) await mineAndConfirm();
    expect(await stateOf('c-1')).toEqual(['failed']);
    expect((await all()).map((one) => [one.nonce, one.intentIds])).toEqual([
      [nonce, []],
      [nonce + 1, ['c-1']],
    ]);
    for (let block = 0; block < 2; block += 1) await mineAndConfirm();
    expect(await reconcile({ chain, ledger })).toMatchObject({ reconciled: true, pending: 0, transactions: 2 });
  });
});
