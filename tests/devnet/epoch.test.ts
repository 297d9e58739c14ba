import { Cl, Pc } from '@stacks/transactions';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { Session } from './support/session.ts';

let devnet: TestDevnet;
let session: Session;

beforeAll(async () => {
  devnet = await startTestDevnet({ epoch: '4.0' });
  session = new Session(devnet);
  await session.deploySample();
});
afterAll(() => devnet?.stop());

it('the newest epoch runs the same contract, and knows the originator mode', async () => {
  const [owner, sender] = [testAccount(0), testAccount(1)];
  const to = Cl.principal(testAccount(2).address);
  const mode = { postConditionMode: 'originator' } as const;
  const own = Pc.principal(sender.address).willSendEq(5).ustx();
  const calls = [
    await session.call(sender, 'count', [Cl.uint(4)], { nonce: 0, ...mode }),
    await session.call(sender, 'pay', [Cl.uint(5), to], { nonce: 1, ...mode }),
    await session.call(sender, 'pay', [Cl.uint(5), to], { nonce: 2, ...mode, postConditions: [own] }),
    await session.transfer(sender, `${owner.address}.sample`, 50n, 3),
    await session.call(sender, 'pay-out', [Cl.uint(20), to], { nonce: 4, ...mode }),
    await session.call(sender, 'pay-out', [Cl.uint(20), to], { nonce: 5, postConditionMode: 'deny' }),
    await session.deploy(sender, 'newest', '(define-read-only (f) (concat "a" "b" "c"))', 6, 6),
  ];
  for (const call of calls) expect(await session.post(call)).toMatchObject({ status: 200 });
  await devnet.mine();
  const mined = await Promise.all(calls.map((call) => session.transaction(call.txid())));
  const broken = 'abort_by_post_condition';
  expect(mined.map(({ status }) => status)).toEqual([
    'success',
    broken,
    'success',
    'success',
    'success',
    broken,
    'success',
  ]);
});

it('an older tip is not found, since Clarity 5 cannot look back', async () => {
  const { index_block_hash: tip } = await session.json<{ index_block_hash: string }>('/extended/v2/blocks/latest');
  expect(await session.read('get-counter', [], tip.slice(2))).toMatchObject({ status: 200 });
  await devnet.mine();
  expect(await session.read('get-counter', [], tip.slice(2))).toMatchObject({ status: 404 });
});
