import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf } from '../../backtest/data/columns-builder.ts';
import { loadColumns, openingMarket, openRecording } from '../../backtest/data/recording/open-recording.ts';
import { createChainClient } from '../../src/chain/index.ts';
import { type GridCall, reads } from '../../src/contract/index.ts';
import { type Price, seededRandom } from '../../src/core/index.ts';
import { evolve, type MarketState } from '../../src/market/index.ts';
import { startTestDevnet, type TestAccount, type TestDevnet, testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { runCommand } from '../support/run-command.ts';
import { startWattmaker } from '../support/run-wattmaker.ts';
import { signGridCall, signGridDeployment } from '../support/sign-grid-call.ts';

const [owner, alice, bob] = [testAccount(0), testAccount(1), testAccount(2)] as const;
const contractId = `${owner.address}.energy-grid`;
const folder = mkdtempSync(join(tmpdir(), 'wattmaker-record-'));
const main = join(folder, 'main');
const nonces = new Map<TestAccount, number>();
let devnet: TestDevnet;
let chain: ReturnType<typeof createChainClient>;

const nonceOf = (account: TestAccount): number => {
  const nonce = nonces.get(account) ?? 0;
  nonces.set(account, nonce + 1);
  return nonce;
};

async function call(account: TestAccount, what: GridCall): Promise<void> {
  const { hex } = await signGridCall(account, what, { contractId, nonce: nonceOf(account) });
  expect(await chain.broadcast(hex)).toMatchObject({ kind: 'accepted' });
}

/** A block in which an offer is listed, and one in which it is bought. */
async function trade(price: number): Promise<void> {
  await call(alice, { kind: 'tradeEnergy', amount: 5n, price: BigInt(price) });
  await devnet.mine();
  const { lastTradeId } = await chain.read(reads.market());
  await call(bob, { kind: 'buyEnergy', tradeId: BigInt(lastTradeId) });
  await devnet.mine();
}

const wanted = (out: string, ...more: readonly string[]): string[] => [
  ...['record', '--url', devnet.url, '--contract', contractId, '--out', out, '--depth', '1', '--json'],
  ...more,
];

async function record(out: string, ...more: readonly string[]) {
  const { code, out: stdout, err: stderr } = await runCommand(wanted(out, '--once', ...more));
  return { code, stderr, json: code === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : null };
}

function folded(out: string): MarketState {
  const recording = openRecording(out);
  return [...eventsOf(loadColumns(recording))].reduce(evolve, openingMarket(recording.manifest));
}

/** The recording's fold says what the contract says, and its digest is the contract's. */
async function expectUpToDate(out: string): Promise<void> {
  const { tail, manifest } = openRecording(out);
  const market = await chain.read(reads.market());
  const { sequence, energyPrice, gridBalance, totalFunds, lastTradeId } = folded(out);
  expect(market).toMatchObject({ sequence, energyPrice, gridBalance, totalFunds, lastTradeId });
  expect(tail.at(-1)?.digest ?? manifest.segments.at(-1)?.digest).toBe(market.digest);
}

beforeAll(async () => {
  devnet = await startTestDevnet();
  const clock = { now: () => Date.now() };
  chain = createChainClient({ urls: [devnet.url], contractId, network: 'embedded', clock, random: seededRandom(1) });
  const { hex } = await signGridDeployment(owner, nonceOf(owner));
  await chain.broadcast(hex);
  await devnet.mine();
  for (const who of [alice, bob]) await call(who, { kind: 'registerProsumer' });
  await call(alice, { kind: 'addEnergy', amount: 10_000n });
  await call(bob, { kind: 'addFunds', amount: 1_000_000n });
  await devnet.mine();
});
afterAll(async () => {
  chain?.close();
  await devnet?.stop();
});

const patient = { timeoutMs: 30_000 };

describe('wattmaker record', { timeout: 90_000 }, () => {
  it('records a contract from its first event on, seals what is deep, and goes on where it stopped', async () => {
    await trade(90);
    const first = await record(main);
    expect(first, first.stderr).toMatchObject({ code: 0, json: { events: 6, firstSequence: 1, contract: contractId } });
    await expectUpToDate(main);
    expect(openRecording(main).tail.length).toBeGreaterThan(0);
    expect(openRecording(main).manifest.segments.length).toBeGreaterThan(0);
    await trade(91);
    expect(await record(main)).toMatchObject({ code: 0, json: { events: 8 } });
    await expectUpToDate(main);
    expect((await record(main)).json?.hash).toBe((await record(main)).json?.hash);
  });

  it('loses nothing when it is killed', async () => {
    const running = startWattmaker(wanted(main));
    await trade(92);
    await eventually(() => expect(openRecording(main).events).toBeGreaterThan(8), patient);
    running.process.kill('SIGKILL');
    await running.finished;
    await trade(93);
    expect(await record(main)).toMatchObject({ code: 0, json: { events: 12 } });
    await expectUpToDate(main);
  });

  it('takes back what a reorg takes back, and stops on a signal', async () => {
    const running = startWattmaker(wanted(main));
    await trade(94);
    await eventually(() => expect(openRecording(main).events).toBe(14), patient);
    await devnet.faults.reorg({ depth: 1, transactions: 'forget' });
    nonces.set(bob, (nonces.get(bob) ?? 0) - 1);
    await call(owner, { kind: 'setEnergyPrice', price: 77n });
    await devnet.mine();
    await eventually(() => expect(folded(main).energyPrice).toBe(77 as Price), patient);
    running.process.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ code: 0, json: { events: 14 } });
    await expectUpToDate(main);
  });

  it('begins at a height with the market that was there', async () => {
    const { height } = await chain.read(reads.market());
    await trade(95);
    const later = join(folder, 'later');
    const run = await record(later, '--from', String(height + 1));
    expect(run, run.stderr).toMatchObject({ code: 0, json: { events: 2, firstSequence: 15 } });
    await expectUpToDate(later);
    const other = await record(later, '--from', '2');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(`expected a recording of events from height 2 in "${later}", was of ${height + 1}`);
  });

  it("takes network, node and contract from a bot's config", async () => {
    const config = join(mkdtempSync(join(tmpdir(), 'wattmaker-config-')), 'wattmaker.yaml');
    const chainPart = `chain: { urls: ['${devnet.url}'], contract: ${contractId} }`;
    const account = `accounts: [{ name: alice, address: ${alice.address}, strategy: market-maker }]`;
    writeFileSync(config, `network: embedded\n${chainPart}\n${account}\n`);
    const out = join(folder, 'configured');
    const run = await runCommand(['record', '--config', config, '--out', out, '--once', '--json']);
    expect(run, run.err).toMatchObject({ code: 0 });
    await expectUpToDate(out);
    const both = await runCommand(['record', '--config', config, '--url', devnet.url, '--out', out]);
    expect(both.code).toBe(2);
    expect(both.err).toContain('expected --config or --url, was both');
  });

  it('refuses a recording of another contract or chain, and a folder that another process records into', async () => {
    const running = startWattmaker(wanted(main));
    await eventually(() => expect(running.stderr()).toContain('recording'), patient);
    const taken = await record(main);
    running.process.kill('SIGTERM');
    await running.finished;
    expect(taken).toMatchObject({ code: 2 });
    expect(taken.stderr).toContain('is in use by process');
    const path = join(main, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, chain: { ...manifest.chain, genesis: '00'.repeat(32) } }));
    const foreign = await record(main);
    expect(foreign.code).toBe(2);
    expect(foreign.stderr).toContain('expected a recording of the chain with genesis');
    writeFileSync(
      path,
      JSON.stringify({ ...manifest, chain: { ...manifest.chain, contractId: `${alice.address}.x` } }),
    );
    expect((await record(main)).stderr).toContain(`was of ${alice.address}.x`);
    writeFileSync(path, JSON.stringify(manifest));
  });

  it('error: no contract, a height that has not come', async () => {
    const none = await runCommand(['record', '--url', devnet.url, '--contract', `${bob.address}.none`, '--out', main]);
    expect(none.code).toBe(2);
    const future = await record(join(folder, 'future'), '--from', '100000');
    expect(future.code).toBe(2);
    expect(future.stderr).toContain('--from 100000');
    expect(readdirSync(folder).sort()).toEqual(['configured', 'future', 'later', 'main']);
  });
});
