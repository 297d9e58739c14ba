import { Cl, Pc } from '@stacks/transactions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, TEST_BALANCE, type TestDevnet, testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { DEFAULT_FEE, SAMPLE_ID, Session } from './support/session.ts';

let devnet: TestDevnet;
let session: Session;

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
  await session.deploySample();
});
afterAll(() => devnet?.stop());

const counterHex = (counter: number, height: number): string =>
  `0x${Cl.serialize(Cl.tuple({ caller: Cl.principal(testAccount(0).address), counter: Cl.uint(counter), height: Cl.uint(height) }))}`;

describe('the mempool', () => {
  it('replaces by fee, keeps the replaced one readable, and takes the same bytes twice', async () => {
    const sender = testAccount(1);
    const first = await session.transfer(sender, testAccount(0).address, 5n, 0, 1000);
    const second = await session.transfer(sender, testAccount(0).address, 5n, 0, 1001);
    expect(await session.post(first)).toEqual({ status: 200, body: first.txid() });
    expect(await session.post(first)).toEqual({ status: 200, body: first.txid() });
    expect(await session.post(second)).toEqual({ status: 200, body: second.txid() });
    expect(await session.transaction(first.txid())).toMatchObject({
      status: 'dropped_replace_by_fee',
      replaced_by_tx_id: `0x${second.txid()}`,
    });
    const { tx, status } = await session.json<{ tx: string; status: string }>(
      `/v2/transactions/unconfirmed/${second.txid()}`,
    );
    expect([tx, status]).toEqual([second.serialize(), 'Mempool']);
    await devnet.mine();
    expect(await session.transaction(second.txid())).toMatchObject({ status: 'success' });
    expect((await session.fetch(`/v2/transactions/unconfirmed/${second.txid()}`)).status).toBe(404);
  });

  it('holds back what comes after a gap, and tells of the gap', async () => {
    const sender = testAccount(2);
    const send = async (nonce: number) => {
      const transaction = await session.transfer(sender, testAccount(0).address, 5n, nonce);
      expect((await session.post(transaction)).status).toBe(200);
      return transaction.txid();
    };
    const zero = await send(0);
    await devnet.mine();
    const last = await send(26);
    const two = await send(2);
    await devnet.mine();
    expect(await session.transaction(two)).toMatchObject({ status: 'pending' });
    const nonces = await session.json(`/extended/v3/principals/${sender.address}/nonces`);
    expect(nonces).toMatchObject({
      next_nonce: 27,
      last_confirmed_nonce: 0,
      mempool: { last_nonce: 26, pending_nonces: [2] },
    });
    const one = await send(1);
    await devnet.mine();
    const [first, second, third, far] = await Promise.all(
      [zero, one, two, last].map((txid) => session.transaction(txid)),
    );
    expect([first?.status, second?.status, third?.status, far?.status]).toEqual([
      'success',
      'success',
      'success',
      'pending',
    ]);
    expect(second?.block?.height).toBe(third?.block?.height);
    expect(await session.account(sender.address)).toEqual({
      nonce: 3,
      balance: TEST_BALANCE - 3n * BigInt(5 + DEFAULT_FEE),
    });
  });

  it('is mined by fee, with each account’s transactions in order', async () => {
    const [low, high] = [testAccount(3), testAccount(4)];
    const a = await session.transfer(low, testAccount(0).address, 5n, 0, 500);
    const b = await session.transfer(low, testAccount(0).address, 5n, 1, 9000);
    const c = await session.transfer(high, testAccount(0).address, 5n, 0, 800);
    for (const transaction of [b, a, c]) await session.post(transaction);
    await devnet.mine();
    const places = await Promise.all(
      [c, a, b].map(async (one) => (await session.transaction(one.txid())).block?.tx_index),
    );
    expect(places).toEqual([0, 1, 2]);
  });
});

describe('a block', () => {
  it('keeps its other transactions when one of them fails at runtime', async () => {
    const sender = testAccount(5);
    const before = await session.account(sender.address);
    const calls = await Promise.all([
      session.call(sender, 'count', [Cl.uint(1)], { nonce: 0 }),
      session.call(sender, 'divide', [Cl.uint(0)], { nonce: 1 }),
      session.call(sender, 'refuse', [], { nonce: 2 }),
      session.call(sender, 'count', [Cl.uint(2)], { nonce: 3 }),
    ]);
    for (const call of calls) expect((await session.post(call)).status).toBe(200);
    const height = await devnet.mine();
    const mined = await Promise.all(calls.map((call) => session.transaction(call.txid())));
    expect(mined.map(({ status, result, event_count }) => [status, result?.repr, event_count])).toEqual([
      ['success', '(ok u1)', 1],
      ['abort_by_response', '(err none)', 0],
      ['abort_by_response', '(err u7)', 0],
      ['success', '(ok u3)', 1],
    ]);
    expect(mined[1]).toMatchObject({ result: { hex: '0x0809' }, vm_error: expect.stringContaining('DivisionByZero') });
    expect(mined[2]?.vm_error).toBeNull();
    expect(new Set(mined.map(({ block }) => block?.height))).toEqual(new Set([height]));
    expect(await session.account(sender.address)).toEqual({
      nonce: 4,
      balance: before.balance - 4n * BigInt(DEFAULT_FEE),
    });
    expect(await session.read('get-counter')).toMatchObject({
      text: JSON.stringify({ okay: true, result: counterHex(3, height) }),
    });
  });

  it('shows a call the height that it is mined at, and its sender as caller', async () => {
    const sender = testAccount(5);
    const call = await session.call(sender, 'count', [Cl.uint(0)], { nonce: 4 });
    await session.post(call);
    const height = await devnet.mine();
    const { results } = await session.json<{ results: { contract_log: { value: { repr: string } } }[] }>(
      `/extended/v2/smart-contracts/${SAMPLE_ID}/logs?limit=1`,
    );
    const repr = `(tuple (caller '${sender.address}) (counter u3) (height u${height}) (topic "counted"))`;
    expect(results[0]?.contract_log.value.repr).toBe(repr);
  });

  it('takes contracts of every kind of deployment, and mines the broken ones as failed', async () => {
    const sender = testAccount(6);
    const good = await session.deploy(sender, 'good', '(define-read-only (f) u1)', 0, 3);
    const broken = await session.deploy(sender, 'broken', '(define-read-only (f) (nothing))', 1);
    const user = await session.deploy(
      sender,
      'user',
      `(define-public (g) (ok (contract-call? '${sender.address}.good f)))`,
      2,
    );
    for (const one of [good, broken, user]) expect((await session.post(one)).status).toBe(200);
    await devnet.mine();
    const statuses = await Promise.all([good, broken, user].map((one) => session.transaction(one.txid())));
    expect(statuses.map(({ status, result }) => [status, result?.repr])).toEqual([
      ['success', '(ok true)'],
      ['abort_by_response', '(err none)'],
      ['success', '(ok true)'],
    ]);
    const ids = ['good', 'broken', 'nothing'].map((name) => `${sender.address}.${name}`);
    const known = await session.json<Record<string, { found: boolean; result?: { status: string } }>>(
      `/extended/v2/smart-contracts/status?contract_id=${ids.join(',')}`,
    );
    expect(ids.map((id) => known[id]?.result?.status)).toEqual(['success', 'abort_by_response', undefined]);
    expect((await session.fetch(`/v2/contracts/source/${sender.address}/broken`)).status).toBe(404);
    expect(await session.json(`/extended/v1/contract/${ids[0]}`)).toMatchObject({
      clarity_version: 3,
      canonical: true,
    });
  });
});

describe('post-conditions', () => {
  const payer = testAccount(7);
  const payee = testAccount(8);
  const stx = (amount: number) => Pc.principal(payer.address).willSendEq(amount).ustx();

  it('that do not hold take the call back, and the fee stays', async () => {
    const others = testAccount(9);
    const before = await Promise.all([payer, payee].map(({ address }) => session.account(address)));
    const pay = (nonce: number, options: object) =>
      session.call(payer, 'pay', [Cl.uint(50), Cl.principal(payee.address)], { nonce, ...options });
    const calls = [
      await pay(0, { postConditionMode: 'deny' }),
      await pay(1, { postConditionMode: 'deny', postConditions: [stx(50)] }),
      await pay(2, { postConditionMode: 'allow', postConditions: [stx(49)] }),
      await pay(3, { postConditionMode: 'deny', postConditions: [Pc.origin().willSendLte(60).ustx()] }),
      await pay(4, { postConditionMode: 'allow' }),
    ];
    const between = await session.call(others, 'count', [Cl.uint(10)], {
      nonce: 0,
      postConditionMode: 'deny',
      fee: 5000,
    });
    for (const call of [...calls, between]) expect((await session.post(call)).status).toBe(200);
    await devnet.mine();
    const mined = await Promise.all([...calls, between].map((call) => session.transaction(call.txid())));
    expect(mined.map(({ status }) => status)).toEqual([
      'abort_by_post_condition',
      'success',
      'abort_by_post_condition',
      'success',
      'success',
      'success',
    ]);
    expect(mined[0]).toMatchObject({ result: { repr: '(ok true)' }, event_count: 0, vm_error: expect.any(String) });
    const after = await Promise.all([payer, payee].map(({ address }) => session.account(address)));
    expect(after[0]).toEqual({ nonce: 5, balance: (before[0]?.balance ?? 0n) - 150n - 5n * BigInt(DEFAULT_FEE) });
    expect(after[1]?.balance).toBe((before[1]?.balance ?? 0n) + 150n);
  });

  it('hold tokens, items and contracts to account as well', async () => {
    const [address = '', name = ''] = SAMPLE_ID.split('.');
    const token = (amount: number) => Pc.principal(payer.address).willSendEq(amount).ft(`${address}.${name}`, 'token');
    const deed = (id: number) =>
      Pc.principal(payer.address).willSendAsset().nft(`${address}.${name}`, 'deed', Cl.uint(id));
    const to = Cl.principal(payee.address);
    const deny = { postConditionMode: 'deny' } as const;
    const calls = [
      await session.call(payer, 'issue', [Cl.uint(100)], { nonce: 5, ...deny }),
      await session.call(payer, 'hand-over', [Cl.uint(10), to], { nonce: 6, ...deny }),
      await session.call(payer, 'hand-over', [Cl.uint(10), to], { nonce: 7, ...deny, postConditions: [token(10)] }),
      await session.call(payer, 'issue-deed', [Cl.uint(1)], { nonce: 8, ...deny }),
      await session.call(payer, 'hand-over-deed', [Cl.uint(1), to], { nonce: 9, ...deny, postConditions: [deed(2)] }),
      await session.call(payer, 'hand-over-deed', [Cl.uint(1), to], { nonce: 10, ...deny, postConditions: [deed(1)] }),
    ];
    for (const call of calls) expect((await session.post(call)).status).toBe(200);
    await devnet.mine();
    const mined = await Promise.all(calls.map((call) => session.transaction(call.txid())));
    const broken = 'abort_by_post_condition';
    expect(mined.map(({ status }) => status)).toEqual(['success', broken, 'success', 'success', broken, 'success']);
  });
});

describe('reads', () => {
  it('can be pinned to a block, also when it is no longer the newest', async () => {
    const tip = await session.json<{ index_block_hash: string; height: number }>('/extended/v2/blocks/latest');
    const now = await session.read('get-counter', [], tip.index_block_hash.slice(2));
    const call = await session.call(testAccount(9), 'count', [Cl.uint(100)], { nonce: 1 });
    await session.post(call);
    await devnet.mine();
    const pinned = await session.read('get-counter', [], tip.index_block_hash.slice(2));
    const fieldsOf = ({ text }: { text: string }) => {
      const value = Cl.deserialize((JSON.parse(text) as { result: string }).result);
      if (value.type !== 'tuple') throw new Error('expected a tuple');
      const { counter, height } = value.value;
      return { counter, height };
    };
    expect(fieldsOf(pinned)).toEqual(fieldsOf(now));
    expect(fieldsOf(await session.read('get-counter'))).not.toEqual(fieldsOf(now));
    const unknown = await session.read('get-counter', [], 'ab'.repeat(32));
    expect(unknown).toEqual({ status: 404, text: `Chain tip '${'ab'.repeat(32)}' not found` });
  });

  it('of variables and entries are the node’s', async () => {
    const [address, name] = SAMPLE_ID.split('.');
    const variable = await session.json<{ data: string }>(`/v2/data_var/${address}/${name}/counter?proof=0`);
    expect(Cl.deserialize(variable.data)).toMatchObject({ type: 'uint' });
    const missing = await session.fetch(`/v2/data_var/${address}/${name}/nothing?proof=0`);
    expect([missing.status, await missing.text()]).toEqual([404, 'Data var not found']);
  });
});

describe('time', () => {
  it('goes on by itself when an interval is set, and stands still when it is 0', async () => {
    const height = async () => (await session.json<{ stacks_tip_height: number }>('/v2/info')).stacks_tip_height;
    const start = await height();
    await devnet.admin('mining', { intervalMs: 20 });
    await eventually(async () => expect(await height()).toBeGreaterThan(start + 3));
    await devnet.admin('mining', { intervalMs: 0 });
    const stopped = await height();
    expect(await devnet.mine(5)).toBe(stopped + 5);
    const { results } = await session.json<{ results: { height: number; block_time: number }[] }>(
      '/extended/v2/blocks',
    );
    for (const [index, block] of results.slice(1).entries()) {
      expect(block.height).toBe((results[index]?.height ?? 0) - 1);
      expect(block.block_time).toBeLessThan(results[index]?.block_time ?? 0);
    }
  });
});
