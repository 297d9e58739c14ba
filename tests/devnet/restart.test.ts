import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cl } from '@stacks/transactions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, FatalError, TransientError } from '../../src/core/index.ts';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { SAMPLE_ID, Session } from './support/session.ts';

const JOURNAL = 'chain.journal';
const IDLE_BLOCKS = 3000;
const [owner, payer, payee] = [testAccount(0), testAccount(1), testAccount(2)];

let dataFolder: string;
let running: TestDevnet[];

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'wattmaker-devnet-'));
  running = [];
});
afterEach(async () => {
  for (const devnet of running) devnet.process.kill();
  await Promise.all(running.map((devnet) => devnet.process.exited));
  await rm(dataFolder, { recursive: true });
});

async function start(): Promise<{ devnet: TestDevnet; session: Session }> {
  const devnet = await startTestDevnet({ dataFolder });
  running.push(devnet);
  return { devnet, session: new Session(devnet) };
}

/** Everything about a chain that a client could have seen. */
async function pictureOf(session: Session): Promise<unknown> {
  const [address, name] = SAMPLE_ID.split('.');
  return Promise.all([
    session.json('/v2/info'),
    session.json('/extended/v2/blocks?limit=30'),
    session.json('/extended/v3/transactions?limit=50'),
    session.json('/extended/v3/mempool/transactions'),
    session.json(`/extended/v2/smart-contracts/${SAMPLE_ID}/logs?limit=50`),
    session.json(`/v2/data_var/${address}/${name}/counter`),
    session.read('get-counter'),
    ...[owner, payer, payee].map(({ address: one }) => session.json(`/extended/v1/address/${one}/balances`)),
  ]);
}

/** A chain with a bit of everything, one transaction still waiting and one replaced. */
async function liveALittle({ devnet, session }: { devnet: TestDevnet; session: Session }): Promise<void> {
  await session.deploySample();
  await devnet.mine(3);
  await devnet.admin('mint', { address: payee.address, amount: '12345' });
  const to = Cl.principal(payee.address);
  const calls = [
    await session.call(payer, 'count', [Cl.uint(5)], { nonce: 0 }),
    await session.call(payer, 'divide', [Cl.uint(0)], { nonce: 1 }),
    await session.call(payer, 'pay', [Cl.uint(7), to], { nonce: 2, postConditionMode: 'deny' }),
    await session.call(payer, 'pay', [Cl.uint(8), to], { nonce: 3 }),
    await session.deploy(payer, 'late', '(define-read-only (f) u1)', 4),
    await session.call(payer, 'count', [Cl.uint(1)], { nonce: 5 }),
  ];
  for (const call of calls) await session.post(call);
  await devnet.mine();
  await devnet.mine(IDLE_BLOCKS);
  await session.post(await session.transfer(payer, payee.address, 1n, 8, 1000));
  await session.post(await session.transfer(payer, payee.address, 2n, 8, 2000));
}

// Each start of a chain costs seconds of processor time, which a busy machine stretches.
describe('a kept chain', { timeout: 180_000 }, () => {
  it('comes back the same after it was killed: state, hashes, ids and what waits', async () => {
    const first = await start();
    await liveALittle(first);
    const before = await pictureOf(first.session);
    first.devnet.process.kill();
    await first.devnet.process.exited;
    // Thousands of empty blocks take a few lines.
    expect((await readFile(join(dataFolder, JOURNAL))).length).toBeLessThan(20_000);

    const second = await start();
    expect(await pictureOf(second.session)).toEqual(before);
    await second.session.post(await second.session.transfer(payer, payee.address, 1n, 6));
    await second.session.post(await second.session.transfer(payer, payee.address, 1n, 7));
    await second.devnet.mine();
    expect(await second.session.account(payer.address)).toMatchObject({ nonce: 9 });
    const after = await pictureOf(second.session);
    await second.devnet.stop();

    const third = await start();
    expect(await pictureOf(third.session)).toEqual(after);
  });

  it('comes back the same after reorganisations, within the process and in another one', async () => {
    let { devnet, session } = await start();
    await liveALittle({ devnet, session });
    const late = await session.call(payer, 'count', [Cl.uint(9)], { nonce: 6 });
    await session.post(late);
    await devnet.mine();
    await devnet.admin('mint', { address: payee.address, amount: '77' });
    await devnet.mine(2);
    await devnet.faults.reorg({ depth: 3, transactions: 'return' });
    await devnet.faults.reorg({ depth: 1, blocks: 4, transactions: 'forget' });
    await devnet.mine();
    await devnet.faults.reorg({ depth: IDLE_BLOCKS + 5 });
    await devnet.faults.forget({ transactions: { sender: payer.address, nonce: 8 } });
    await devnet.admin('mint', { address: payee.address, amount: '5' });
    await devnet.mine(2);
    await devnet.faults.reorg({ depth: 1, blocks: 0 });
    const before = await pictureOf(session);
    expect((await session.account(payer.address)).nonce).toBe(7);

    await devnet.faults.restart('keep');
    expect(await pictureOf(session)).toEqual(before);
    const again = await devnet.crash();
    running.push(again);
    expect(await pictureOf(session)).toEqual(before);

    ({ devnet, session } = { devnet: again, session: new Session(again) });
    await devnet.mine();
    await devnet.faults.reorg({ depth: 2 });
    const after = await pictureOf(session);
    const { genesis } = await devnet.faults.restart('keep');
    expect(await pictureOf(session)).toEqual(after);
    const other = await devnet.faults.restart('discard');
    expect(other.genesis).not.toBe(genesis);
    await session.deploySample();
    const anew = await pictureOf(session);
    const third = await devnet.crash();
    running.push(third);
    expect(await pictureOf(session)).toEqual(anew);
  });

  it('loses no more than a last line that was not written to its end', async () => {
    const first = await start();
    await first.session.deploySample();
    const before = await pictureOf(first.session);
    await first.devnet.stop();
    await appendFile(join(dataFolder, JOURNAL), '0123456789abcdef {"kind":"blo');
    const second = await start();
    expect(await pictureOf(second.session)).toEqual(before);
  });

  it('is refused when a line in the middle is damaged', async () => {
    const first = await start();
    await first.session.deploySample();
    await first.devnet.stop();
    const path = join(dataFolder, JOURNAL);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"height":2', '"height":3'));
    const refused = start();
    await expect(refused).rejects.toThrow(FatalError);
    await expect(refused).rejects.toThrow(/line \d+ of .* is damaged/);
  });

  it('is refused to a second process and to other settings, and a fresh one is another chain', async () => {
    const identity = async (session: Session) =>
      (await session.json<{ genesis_chainstate_hash: string }>('/v2/info')).genesis_chainstate_hash;
    const first = await start();
    const before = await identity(first.session);
    const refused = start();
    await expect(refused).rejects.toThrow(TransientError);
    await expect(refused).rejects.toThrow(/used by another embedded chain/);
    await first.devnet.stop();
    const others = startTestDevnet({ dataFolder, accounts: { [owner.address]: '1' } });
    await expect(others).rejects.toThrow(ConfigError);
    await expect(startTestDevnet({ dataFolder, epoch: '4.0' })).rejects.toThrow(/expected epoch 3.3/);
    const fresh = await startTestDevnet({ dataFolder, fresh: true });
    running.push(fresh);
    expect(await identity(new Session(fresh))).not.toBe(before);
  });
});
