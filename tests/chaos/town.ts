import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GridCall } from '../../src/contract/index.ts';
import { principal, type TxId } from '../../src/core/index.ts';
import { keyFromText, openKeystore } from '../../src/signer/index.ts';
import { startTestDevnet, type TestAccount, type TestDevnet, testAccount } from '../support/devnet.ts';
import { signGridCall, signGridDeployment } from '../support/sign-grid-call.ts';

/** Milliseconds between two blocks: some ten times as fast as the bot's own embedded chain. */
export const BLOCK_MS = 250;
export const VALIDITY_BLOCKS = 8;
export const FINAL_DEPTH = 4;

const PASSWORD = 'a password for chaos runs';
const owner = testAccount(0);
/** A call that anyone may make and that changes nothing. */
export const doNothing = { kind: 'cancelTradeFor', validUntil: 1_000_000n, entries: [] } as const;
/** Two lanes. */
export const operators: readonly [TestAccount, TestAccount] = [testAccount(1), testAccount(2)];
const buyer = testAccount(3);
const seller = testAccount(4);
export const contractId = `${owner.address}.energy-grid`;
/** What must appear nowhere, by name. */
export const secrets: Readonly<Record<string, string>> = {
  password: PASSWORD,
  ...Object.fromEntries(operators.map(({ name, privateKey }) => [name, privateKey])),
};

/** Where rounds are played one after the other, each in a world of its own. */
export interface Town {
  /** Another chain with the contract, two households and their delegations, and a new folder for bots. */
  open(): Promise<World>;
  close(): Promise<void>;
}

export interface World {
  readonly folder: string;
  /** Bots' data, logs and journal, and nothing that may hold a secret. */
  readonly searched: string;
  /** The chain's journal, which may outlive the round. */
  readonly chainFolder: string;
  readonly passwordFile: string;
  readonly keys: string;
  /** What the operators' keys have signed before there was a bot. */
  readonly past: readonly TxId[];
  readonly devnet: TestDevnet;
  /** Writes the config file of the bot of that number, which has a data folder of its own; answers both. */
  config(index: number): Promise<{ readonly file: string; readonly data: string }>;
  /** Kills the chain's process in the middle of whatever it does; the next goes on with what is on the disk. */
  crashDevnet(): Promise<void>;
  /** How often each kind of fault happened in this world. */
  faultCounts(): Promise<Readonly<Record<string, number>>>;
  close(options: { readonly keep: boolean }): Promise<void>;
}

interface RunningChain {
  readonly folder: string;
  devnet: TestDevnet;
}

/** A town has one process for its chains: one that starts anew costs as much as all else that a round does to a chain. */
export async function buildTown(): Promise<Town> {
  const keys = await mkdtemp(join(tmpdir(), 'wattmaker-town-'));
  // Hundreds of starts: at the usual cost each would work a second for its keys.
  const keystore = openKeystore(keys, { n: 2 ** 14, r: 8, p: 1 });
  for (const [index, { privateKey }] of operators.entries()) {
    await keystore.add(keyFromText({ name: keyNameOf(index), text: privateKey }), PASSWORD);
  }
  let chain: RunningChain | null = null;
  const endChain = async ({ keep }: { readonly keep: boolean }): Promise<void> => {
    const ending = chain;
    chain = null;
    await ending?.devnet.stop();
    if (!keep && ending !== null) await rm(ending.folder, { recursive: true, force: true });
  };
  return {
    async open() {
      if (chain === null) chain = await startChain();
      else await chain.devnet.faults.restart('discard');
      return openWorld(chain, { keys, endChain: () => endChain({ keep: true }) });
    },
    async close() {
      await endChain({ keep: false });
      await rm(keys, { recursive: true, force: true });
    },
  };
}

async function startChain(): Promise<RunningChain> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-chain-'));
  return { folder, devnet: await startTestDevnet({ dataFolder: folder, faultLog: join(folder, 'faults.jsonl') }) };
}

const keyNameOf = (index: number): string => `lane-${index}`;

/**
 * Deploys the contract, registers the households, and lets both operators trade for both of them. The operators' keys have
 * a past, which is answered: a new ledger does not know their next nonce.
 */
async function settle(devnet: TestDevnet): Promise<readonly TxId[]> {
  const post = async (hex: string): Promise<void> => {
    const response = await devnet.post(hex);
    if (!response.ok) throw new Error(`a transaction of the town was refused: ${await response.text()}`);
  };
  await post((await signGridDeployment(owner, 0)).hex);
  await devnet.mine();
  const call = async (account: TestAccount, calls: readonly GridCall[], from = 0): Promise<void> => {
    for (const [index, one] of calls.entries()) {
      await post((await signGridCall(account, one, { contractId, nonce: from + index })).hex);
    }
  };
  const grants = operators.map(
    ({ address }): GridCall => ({
      kind: 'delegateTrading',
      operator: principal(address),
      spendLimit: 10n ** 14n,
      energyLimit: 10n ** 14n,
      maxBuyPrice: 1_000n,
      minSellPrice: 1n,
      expiresAt: 1_000_000n,
    }),
  );
  const past = await Promise.all(
    operators.map((operator) => signGridCall(operator, doNothing, { contractId, nonce: 0, fee: 600 })),
  );
  for (const { hex } of past) await post(hex);
  await call(owner, [{ kind: 'setEnergyPrice', price: 100n }], 1);
  await call(buyer, [{ kind: 'registerProsumer' }, { kind: 'addFunds', amount: 900_000_000_000n }, ...grants]);
  await call(seller, [{ kind: 'registerProsumer' }, { kind: 'addEnergy', amount: 10n ** 12n }, ...grants]);
  await devnet.mine(2);
  return past.map(({ txId }) => txId);
}

async function openWorld(
  chain: RunningChain,
  { keys, endChain }: Pick<World, 'keys'> & { readonly endChain: () => Promise<void> },
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-chaos-'));
  const searched = join(folder, 'bots');
  await mkdir(searched);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const past = await settle(chain.devnet);
  let before: Readonly<Record<string, number>> = await chain.devnet.faults.counts();
  await mineEvery(chain.devnet, BLOCK_MS);
  return {
    folder,
    searched,
    chainFolder: chain.folder,
    passwordFile,
    keys,
    past,
    get devnet() {
      return chain.devnet;
    },
    async config(index) {
      const data = join(searched, `data-${index}`);
      const file = join(searched, `bot-${index}.yaml`);
      await writeFile(file, configText({ url: chain.devnet.url, data }));
      return { file, data };
    },
    async crashDevnet() {
      chain.devnet = await chain.devnet.crash();
      // Another process counts anew, and mines when it is told.
      before = {};
      await mineEvery(chain.devnet, BLOCK_MS);
    },
    async faultCounts() {
      const counts = Object.entries(await chain.devnet.faults.counts());
      return Object.fromEntries(counts.map(([kind, count]) => [kind, count - (before[kind] ?? 0)]));
    },
    async close({ keep }) {
      if (keep) return endChain();
      await mineEvery(chain.devnet, 0);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Milliseconds between two blocks; 0: on demand. */
const mineEvery = (devnet: TestDevnet, ms: number): Promise<unknown> => devnet.admin('mining', { intervalMs: ms });

/** Fees rise soon, batches go stale soon, and depths are shallow, so that a round sees all of it. */
function configText({ url, data }: { readonly url: string; readonly data: string }): string {
  const strategy = fileURLToPath(new URL('restless.ts', import.meta.url));
  return `network: embedded
chain:
  urls: [${url}]
  contract: ${contractId}
  deadlineMs: 1500
operators:
${operators.map((_, index) => `  - key: ${keyNameOf(index)}`).join('\n')}
accounts:
  - name: buyer
    address: ${buyer.address}
    strategy: ${strategy}
    parameters: { buys: 3 }
    limits: { spendPerTurn: 1000000000, spendPerDay: 900000000000, priceBandPercent: 900 }
  - name: seller
    address: ${seller.address}
    strategy: ${strategy}
    parameters: { lists: 4 }
    limits: { energyPerTurn: 10000000, openOffers: 30, priceBandPercent: 900 }
fees:
  bumpAfterBlocks: 3
execution:
  validityBlocks: ${VALIDITY_BLOCKS}
  finalDepth: ${FINAL_DEPTH}
  stuckBlocks: 60
polling:
  everyMs: 200
allowOwnTrades: true
drainSeconds: 5
data: ${data}
`;
}
