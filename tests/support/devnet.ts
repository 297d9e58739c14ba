import { createHash } from 'node:crypto';
import { getAddressFromPrivateKey } from '@stacks/transactions';
import type { DevnetOptions } from '../../src/devnet/options.ts';
import { type DevnetProcess, spawnDevnet } from '../../src/devnet/spawn-devnet.ts';
import { createFaultClient, type FaultClient } from './fault-client.ts';

export interface TestAccount {
  readonly name: string;
  readonly address: string;
  /** 64 hex digits and `01`; known to everybody, good for nothing but tests. */
  readonly privateKey: string;
}

export interface TestDevnet {
  readonly url: string;
  readonly adminToken: string;
  readonly accounts: readonly TestAccount[];
  readonly process: DevnetProcess;
  readonly faults: FaultClient;
  /** Mines `blocks` blocks (one, unless told) and answers with the new height. */
  mine(blocks?: number): Promise<number>;
  /** POSTs to an admin route with the token; answers with the JSON. */
  admin(path: string, body?: unknown): Promise<unknown>;
  /** POSTs a signed transaction to the node's route. */
  post(hex: string): Promise<Response>;
  stop(): Promise<void>;
  /** Kills it and starts another process on the same port, with its folder's chain or, `fresh`, without. */
  crash(options?: { readonly fresh?: boolean }): Promise<TestDevnet>;
}

const ACCOUNTS = 10;
/** 1,000,000 STX. */
export const TEST_BALANCE = 1_000_000_000_000n;

/** The n-th test account, n from 0. */
export function testAccount(index: number): TestAccount {
  const key = createHash('sha256').update(`wattmaker test key ${index}`).digest('hex');
  const privateKey = `${key}01`;
  return { name: `account-${index}`, privateKey, address: getAddressFromPrivateKey(privateKey, 'testnet') };
}

export const testAccounts: readonly TestAccount[] = Array.from({ length: ACCOUNTS }, (_, index) => testAccount(index));

/** An embedded chain of its own for a test file, with ten funded accounts; it mines on demand unless told otherwise. */
export async function startTestDevnet(options: DevnetOptions = {}): Promise<TestDevnet> {
  const accounts = Object.fromEntries(testAccounts.map(({ address }) => [address, TEST_BALANCE.toString()]));
  const devnet = await spawnDevnet({ blockIntervalMs: 0, accounts, ...options });
  const admin = async (path: string, body: unknown = {}): Promise<unknown> => {
    const response = await fetch(`${devnet.url}/admin/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${devnet.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`expected /admin/${path} to answer 200, was ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    url: devnet.url,
    adminToken: devnet.adminToken,
    accounts: testAccounts,
    process: devnet,
    faults: createFaultClient(devnet),
    admin,
    mine: async (blocks = 1) => ((await admin('mine', { blocks })) as { height: number }).height,
    post: (hex) =>
      fetch(`${devnet.url}/v2/transactions`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.from(hex, 'hex'),
      }),
    stop: () => devnet.stop(),
    crash: async ({ fresh = false } = {}) => {
      devnet.kill();
      await devnet.exited;
      return startTestDevnet({ ...options, fresh, port: Number(new URL(devnet.url).port) });
    },
  };
}
