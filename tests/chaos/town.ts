import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** A chain with the contract, two households and their delegations, made once; every round begins with a copy of it. */
export interface Town {
  /** A world of its own in a new folder. */
  open(): Promise<World>;
  close(): Promise<void>;
}

export interface World {
  readonly folder: string;
  /** Bots' data, logs and journal, and nothing that may hold a secret. */
  readonly searched: string;
  readonly passwordFile: string;
  readonly keys: string;
  /** What the operators' keys have signed before there was a bot. */
  readonly past: readonly TxId[];
  readonly devnet: TestDevnet;
  /** Writes the config file of the bot of that number, which has a data folder of its own; answers both. */
  config(index: number): Promise<{ readonly file: string; readonly data: string }>;
  /** Kills the chain's process in the middle of whatever it does; the next goes on with what is on the disk. */
  crashDevnet(): Promise<void>;
  close(options: { readonly keep: boolean }): Promise<void>;
}

export async function buildTown(): Promise<Town> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-town-'));
  const template = join(folder, 'devnet');
  const devnet = await startTestDevnet({ dataFolder: template });
  const past = await settle(devnet);
  await devnet.stop();
  // Hundreds of starts: at the usual cost each would work a second for its keys.
  const keystore = openKeystore(join(folder, 'keys'), { n: 2 ** 14, r: 8, p: 1 });
  for (const [index, { privateKey }] of operators.entries()) {
    await keystore.add(keyFromText({ name: keyNameOf(index), text: privateKey }), PASSWORD);
  }
  return {
    open: () => openWorld({ template, keys: join(folder, 'keys'), past }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
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

async function openWorld({
  template,
  keys,
  past,
}: Pick<World, 'keys' | 'past'> & { readonly template: string }): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-chaos-'));
  const searched = join(folder, 'bots');
  await mkdir(searched);
  const dataFolder = join(folder, 'devnet');
  await cp(template, dataFolder, { recursive: true });
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  let devnet = await startTestDevnet({ dataFolder, blockIntervalMs: BLOCK_MS, faultLog: join(folder, 'faults.jsonl') });
  return {
    folder,
    searched,
    passwordFile,
    keys,
    past,
    get devnet() {
      return devnet;
    },
    async config(index) {
      const data = join(searched, `data-${index}`);
      const file = join(searched, `bot-${index}.yaml`);
      await writeFile(file, configText({ url: devnet.url, data }));
      return { file, data };
    },
    async crashDevnet() {
      devnet = await devnet.crash();
    },
    async close({ keep }) {
      await devnet.stop();
      if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

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
