import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChainClient, createChainClient } from '../../src/chain/index.ts';
import { gridErrors, reads } from '../../src/contract/index.ts';
import { microStx, type Principal, seededRandom } from '../../src/core/index.ts';
import {
  type DemoKeystore,
  demoAddress,
  findDemoKeys,
  openDemoKeystore,
  unlockDemoKeys,
} from '../../src/service/demo/demo-keys.ts';
import { demoWorldPolicy, prepareDemoWorld } from '../../src/service/demo/demo-world.ts';
import { createFees } from '../../src/service/neighbours/fee.ts';
import { homeNames, spawnNeighbours } from '../../src/service/neighbours/index.ts';
import type { Outcome } from '../../src/service/neighbours/lane.ts';
import { createNeighbourhood, type Neighbourhood } from '../../src/service/neighbours/neighbourhood.ts';
import { createLocalSigner, type Key } from '../../src/signer/index.ts';
import { startTestDevnet, type TestDevnet } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';

const BALANCE = 1_000_000_000_000;
const CLIENT_DEPOSIT = microStx(1_000_000_000);
/** The genesis money of a home that has hardly any. */
const POOR = 1_200_000;

let folder: string;
let keystore: DemoKeystore;
let devnet: TestDevnet;
let chain: ChainClient;
let contractId: string;
let keys: readonly Key[];
const outcomes: Outcome[] = [];

const keyOf = (name: string): Key => keys.find((key) => key.name === name)!;
const addressOf = (name: string): Principal => demoAddress(keyOf(name));
const person = (name: string) => ({ name, address: addressOf(name) });
const countOf = (kind: Outcome['call']['kind']): number =>
  outcomes.filter(({ call, result }) => call.kind === kind && result === 'ok').length;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neighbours-'));
  keystore = await openDemoKeystore(join(folder, 'keys'));
  const names = ['owner', 'operator', 'anna', 'ben', ...homeNames];
  await findDemoKeys(keystore, names);
  keys = await unlockDemoKeys(keystore, names);
  devnet = await startTestDevnet({
    accounts: Object.fromEntries(keys.map((key) => [demoAddress(key), String(key.name === 'home-2' ? POOR : BALANCE)])),
  });
  contractId = `${addressOf('owner')}.energy-grid`;
  chain = createChainClient({
    urls: [devnet.url],
    contractId,
    network: 'embedded',
    clock: { now: Date.now },
    random: seededRandom(1),
  });
  const pause = async (): Promise<void> => void (await devnet.mine());
  const cast = { owner: keyOf('owner'), operator: keyOf('operator'), clients: [keyOf('anna'), keyOf('ben')] };
  const options = { contractId, blockIntervalMs: 2_000, deposit: CLIENT_DEPOSIT };
  const signer = createLocalSigner({ keys, ...demoWorldPolicy(contractId) });
  await prepareDemoWorld({ chain, pause, progress: () => {}, signer: async () => signer }, cast, options);
});

afterAll(async () => {
  chain?.close();
  await devnet?.stop();
  await rm(folder, { recursive: true, force: true });
});

function wakeNeighbourhood(): Neighbourhood {
  const signer = createLocalSigner({
    keys,
    network: 'embedded',
    contractId,
    feeCap: microStx(1_000_000),
    calls: 'every',
  });
  const feeOf = createFees(chain, { network: 'embedded', contractId, publicKey: keyOf('owner').publicKey });
  return createNeighbourhood(
    { chain, signer, feeOf, report: (outcome) => outcomes.push(outcome) },
    {
      contractId,
      world: { seed: 1, slotsPerDay: 60, startHour: 9 },
      cast: {
        owner: person('owner'),
        surplus: person('anna'),
        need: person('ben'),
        homes: homeNames.map(person),
      },
    },
  );
}

async function live(neighbourhood: Neighbourhood, blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block += 1) {
    await neighbourhood.tick();
    await devnet.mine();
  }
  await neighbourhood.tick();
}

const records = async () => chain.read(reads.prosumers(['anna', 'ben', 'operator', ...homeNames].map(addressOf)));

describe('neighbours on a chain', () => {
  let first: Neighbourhood;

  it('behavior: one block after they woke all homes are registered and cheap offers are open', async () => {
    first = wakeNeighbourhood();
    await live(first, 1);
    expect((await records()).every((record) => record !== null)).toBe(true);
    expect(outcomes.every(({ result }) => result === 'ok')).toBe(true);
    const { energyPrice, lastTradeId } = await chain.read(reads.market());
    expect(lastTradeId).toBeGreaterThanOrEqual(10);
    const open = await chain.read(reads.openPages([0]));
    const trades = await chain.read(reads.trades(open));
    expect(trades.filter((trade) => trade !== null && trade.price <= energyPrice * 0.9).length).toBeGreaterThan(3);
  });

  it('behavior: a transaction that someone else signs in between stops nobody', async () => {
    await first.tick();
    const { nonce } = await chain.account(addressOf('anna'));
    const signer = createLocalSigner({
      keys: [keyOf('anna')],
      network: 'embedded',
      contractId,
      feeCap: microStx(10_000),
      calls: 'every',
    });
    const call = { kind: 'withdrawFunds', amount: 1n } as const;
    // Takes the place of the report that waits with the same nonce: the lane has to find its own again.
    const { hex } = await signer.sign({ signer: addressOf('anna'), call, nonce, fee: microStx(9_000) });
    await chain.broadcast(hex);
    const before = outcomes.length;
    await live(first, 8);
    const anna = outcomes.slice(before).filter(({ name, result }) => name === 'anna' && result === 'ok');
    expect(anna.length).toBeGreaterThan(1);
  });

  it('behavior: they trade with each other, and the owner moves the energy price', async () => {
    await live(first, 8);
    expect(countOf('buyEnergy')).toBeGreaterThan(5);
    expect(countOf('consumeEnergy')).toBeGreaterThan(5);
    expect(countOf('setEnergyPrice')).toBeGreaterThan(2);
  });

  it('behavior: a home without enough STX to begin with pays in what it can', async () => {
    const poor = outcomes.find(({ name, call }) => name === 'home-2' && call.kind === 'addFunds');
    expect(poor).toMatchObject({ result: 'ok', call: { amount: BigInt(POOR - 100_000) } });
  });

  it('behavior: of the clients of the bot they report energy alone', async () => {
    const ofClients = outcomes.filter(({ name }) => name === 'anna' || name === 'ben');
    expect(new Set(ofClients.map(({ call }) => call.kind))).toEqual(new Set(['addEnergy']));
    const [anna, ben] = await records();
    expect(anna!.energy).toBeGreaterThan(5_000);
    expect(ben).toMatchObject({ energy: 0, funds: CLIENT_DEPOSIT });
  });

  it('behavior: started anew they go on where the chain stands', async () => {
    const before = outcomes.length;
    await live(wakeNeighbourhood(), 8);
    const since = outcomes.slice(before);
    expect(since.length).toBeGreaterThan(20);
    expect(since.some(({ call }) => call.kind === 'registerProsumer')).toBe(false);
  });

  it('behavior: every call succeeded or has a reason with a name', () => {
    const reasons = new Set(outcomes.map(({ result }) => result));
    const known = new Set(['ok', ...Object.keys(gridErrors), 'BadNonce', 'ConflictingNonceInMempool']);
    expect(
      [...reasons].filter((reason) => !known.has(reason) && !/^unconfirmed after \d+ blocks$/.test(reason)),
    ).toEqual([]);
    expect(outcomes.filter(({ result }) => result === 'ok').length).toBeGreaterThan(outcomes.length * 0.8);
  });

  it('behavior: no µSTX and no Wh is lost or made', async () => {
    const { totalFunds, gridBalance } = await chain.read(reads.market());
    const all = (await records()).map((record) => record!);
    expect(all.reduce((sum, { funds }) => sum + BigInt(funds), 0n)).toBe(totalFunds);
    expect(all.reduce((sum, { energy, escrowed }) => sum + BigInt(energy) + BigInt(escrowed), 0n)).toBe(gridBalance);
    expect(BigInt((await chain.account(contractId as Principal)).balance)).toBe(totalFunds);
    for (const { openTrades } of all) expect(openTrades).toBeLessThanOrEqual(8);
  });
});

describe('neighbours as a process', () => {
  it('behavior: it acts on the chain, tells what it did when asked to, and ends when told to', async () => {
    const lines: string[] = [];
    const before = (await chain.read(reads.market())).sequence;
    const neighbours = await spawnNeighbours({
      url: devnet.url,
      contractId,
      keystore,
      seed: 1,
      blockIntervalMs: 100,
      onLine: (line) => lines.push(line),
    });
    await eventually(
      async () => {
        await devnet.mine();
        expect(lines.length).toBeGreaterThan(10);
      },
      { intervalMs: 300, timeoutMs: 30_000 },
    );
    await neighbours.stop();
    expect(await neighbours.exited).toBe(0);
    expect((await chain.read(reads.market())).sequence).toBeGreaterThan(before);
    expect(lines.join('\n')).not.toContain(keystore.password);
  });

  it('error: a password that opens no key', async () => {
    const wrong = { ...keystore, password: 'wrong' };
    const started = spawnNeighbours({ url: devnet.url, contractId, keystore: wrong, seed: 1, blockIntervalMs: 100 });
    await expect(started).rejects.toMatchObject({ name: 'ConfigError' });
  });
});
