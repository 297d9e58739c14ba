import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChainClient } from '../../src/chain/index.ts';
import { type GridCall, gridContractSource, reads } from '../../src/contract/index.ts';
import { height, microStx, type Principal, price, principal, seededRandom, tradeId, wh } from '../../src/core/index.ts';
import {
  type ChainPort,
  createExecution,
  type LedgerPort,
  type QueuePort,
  reconcile,
} from '../../src/execution/index.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import {
  createPgliteLedger,
  createPgliteQueue,
  type EmbeddedDatabase,
  openMemoryDatabase,
} from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { planBuy, planCancel, planList } from '../support/trading-fixtures.ts';

const [owner, operator, neighbour] = [0, 1, 2].map((index) => {
  const { address, privateKey } = testAccount(index);
  return { address: principal(address), key: keyFromText({ name: `account-${index}`, text: privateKey }) };
}) as [Person, Person, Person];
interface Person {
  readonly address: Principal;
  readonly key: ReturnType<typeof keyFromText>;
}

const contractId = `${owner.address}.energy-grid`;
const feeCap = microStx(1_000_000);
const clock = { now: () => Date.now() };
let devnet: TestDevnet;
let chain: ChainPort & { close(): void };
let database: EmbeddedDatabase;
let ledger: LedgerPort;
let queue: QueuePort;
const log = collectingLog();

/** Signs a call as somebody, posts it and mines it. */
async function act({ address, key }: Person, call: GridCall): Promise<void> {
  const signer = createLocalSigner({ keys: [key], network: 'embedded', contractId, feeCap, calls: 'every' });
  const { nonce } = await chain.account(address);
  const { hex, txId } = await signer.sign({ signer: address, call, nonce, fee: microStx(1_000) });
  expect(await chain.broadcast(hex)).toMatchObject({ kind: 'accepted' });
  await devnet.mine();
  expect((await chain.transactions([txId])).get(txId)).toMatchObject({ kind: 'mined', status: 'success' });
}

beforeAll(async () => {
  devnet = await startTestDevnet();
  chain = createChainClient({ urls: [devnet.url], contractId, network: 'embedded', clock, random: seededRandom(1) });
  const signer = createLocalSigner({ keys: [owner.key], network: 'embedded', contractId, feeCap, calls: 'every' });
  const source = gridContractSource();
  const deploy = await signer.signDeploy({ signer: owner.address, source, nonce: 0, fee: microStx(500_000) });
  await chain.broadcast(deploy.hex);
  await devnet.mine();
  for (const person of [operator, neighbour]) await act(person, { kind: 'registerProsumer' });
  await act(neighbour, { kind: 'addEnergy', amount: 1_000n });
  await act(operator, { kind: 'addEnergy', amount: 1_000n });
  for (const person of [operator, neighbour]) await act(person, { kind: 'addFunds', amount: 1_000_000n });
  await act(neighbour, { kind: 'tradeEnergy', amount: 100n, price: 40n });
  database = await openMemoryDatabase();
  ledger = await createPgliteLedger({ database }, { binding: { identity: await chain.identity(), contractId } });
  queue = await createPgliteQueue({ database, log });
});

afterAll(async () => {
  await queue?.close({ deadlineMs: 2_000 });
  await ledger?.close();
  await database?.close();
  chain?.close();
  await devnet?.stop();
});

const start = () =>
  createExecution(
    {
      ledger,
      queue,
      chain,
      signer: createLocalSigner({ keys: [operator.key], network: 'embedded', contractId, feeCap }),
      clock,
      log,
    },
    {
      lanes: [operator.address],
      lease: { holder: 'test', soleHolder: true },
      fee: { ratePerByte: 1, floor: microStx(500), cap: feeCap },
      confirmedDepth: 1,
      finalDepth: 2,
      validityBlocks: 20,
      retryMs: 100,
    },
  );

test('trades on the embedded chain, over a restart, and agrees with it in the end', { timeout: 120_000 }, async () => {
  const account = operator.address;
  let execution = start();
  await execution.recover();
  const at = (await chain.tip()).height;
  const plans = [
    planBuy({ id: 'buy', account, operator: account, at, tradeId: tradeId(1), amount: wh(100), maxPrice: price(40) }),
    planBuy({ id: 'gone', account, operator: account, at, tradeId: tradeId(9), amount: wh(100), maxPrice: price(40) }),
    planList({
      id: 'list',
      account,
      operator: account,
      at,
      amount: wh(200),
      price: price(90),
      openUntil: height(at + 50),
    }),
  ];
  const { batches } = await execution.submit(plans, { height: at });
  expect(batches.map(({ nonce }) => nonce)).toEqual([3, 4]);
  const postedStates = async () => (await ledger.transactions({ states: ['mempool'] })).length;
  await eventually(async () => expect(await postedStates()).toBe(2));
  await execution.drain({ deadlineMs: 2_000 });

  execution = start();
  await devnet.mine();
  const recovered = await execution.recover();
  const outcomes = recovered?.confirmed.flatMap(({ entries }) =>
    entries.map(({ intent, result }) => [intent.id, result]),
  );
  expect(outcomes).toEqual([
    ['buy', { kind: 'ok', intentId: 'buy', value: 4_000 }],
    ['gone', { kind: 'error', intentId: 'gone', error: 'tradeNotFound' }],
    ['list', { kind: 'ok', intentId: 'list', value: 2 }],
  ]);
  await execution.submit(plans, { height: at });
  expect(await ledger.allowedIntents()).toEqual([]);

  await act(neighbour, { kind: 'buyEnergy', tradeId: 2n });
  const cancel = planCancel({ id: 'late', account, operator: account, at, tradeId: tradeId(2), amount: wh(200) });
  await execution.submit([cancel], { height: at });
  await eventually(async () => expect(await postedStates()).toBe(1));
  await devnet.mine();
  await execution.confirm();
  const { sequence, digest } = await chain.read(reads.market());
  await execution.recordEvents({ upTo: { sequence, digest }, entries: [] });
  await devnet.mine();
  await execution.openIntents({ seenHeight: (await chain.tip()).height });
  await execution.confirm();

  const summary = await execution.summary();
  expect(summary).toMatchObject({
    transactions: { final: 3, mempool: 0 },
    fills: { bought: { count: 1, energy: 100, cost: 4_000 }, sold: { count: 1, energy: 200 }, own: { count: 0 } },
    failedEntries: { tradeNotFound: 1, tradeNotOpen: 1 },
  });
  const report = await reconcile({ chain, ledger });
  expect(report).toEqual({ reconciled: true, transactions: 3, pending: 0, unread: 0, fills: 2, differences: [] });
  await execution.drain({ deadlineMs: 2_000 });
});

test('agrees with the chain still once what ended long ago is dropped, and no sum changes', async () => {
  const before = await ledger.summary();
  const now = clock.now() + 1;
  const finalHeight = (await chain.tip()).height;
  const dropped = await ledger.prune({ endedBefore: now, keepNewest: 0, neverSince: now, finalHeight });
  expect(dropped).toMatchObject({ transactions: 2, attempts: 2, intents: 3, fills: 2, listings: 1 });
  expect(await ledger.summary()).toEqual(before);
  const report = await reconcile({ chain, ledger });
  expect(report).toEqual({ reconciled: true, transactions: 1, pending: 0, unread: 0, fills: 0, differences: [] });
  // The next start goes on from here, with nothing to read again.
  const execution = start();
  await execution.recover();
  expect(execution.lanes()[0]).toMatchObject({ chainNonce: 6, unconfirmed: 0 });
  expect(await ledger.fills()).toEqual([]);
  await execution.drain({ deadlineMs: 2_000 });
});

test('a ledger that claims what the chain does not say is told', async () => {
  const [transaction] = await ledger.transactions({ states: ['final'] });
  if (transaction?.state !== 'final') throw new Error('expected a final transaction');
  const lease = await ledger.acquireLanes({ lanes: [operator.address], holder: 'liar', ttlMs: 60_000 });
  const [lane] = lease?.lanes ?? [];
  await lane?.uninclude({ transactionId: transaction.id, at: 1, note: 'a test that lies' });
  const { inclusion } = transaction;
  const lie = { ...inclusion, fee: microStx(inclusion.fee + 1) };
  await lane?.include({ transactionId: transaction.id, inclusion: lie, results: [], at: 1 });
  const { reconciled, differences } = await reconcile({ chain, ledger });
  expect(reconciled).toBe(false);
  expect(differences).toHaveLength(2);
  expect(differences[0]).toContain(`fee ${lie.fee} in the ledger, ${inclusion.fee} on the chain`);
});
