import { afterEach } from 'vitest';
import { type ChainClient, type ChainClientOptions, createChainClient } from '../../../src/chain/index.ts';
import { seededRandom } from '../../../src/core/index.ts';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { testPrincipal } from '../../support/test-principal.ts';

export const ACCOUNT = testPrincipal(1);
export const CONTRACT = `${testPrincipal(9)}.energy-grid`;

export const INFO = {
  network_id: 2_147_483_648,
  server_version: 'stacks-node 3.3.0.0.0 (a1b2c3d, release build, linux [x86_64])',
  stacks_tip_height: 42,
  stacks_tip: '11'.repeat(32),
  stacks_tip_consensus_hash: '22'.repeat(20),
  genesis_chainstate_hash: '33'.repeat(32),
  a_field_of_a_later_release: true,
};

export interface Bench {
  readonly servers: readonly ScriptedServer[];
  readonly client: ChainClient;
  /** The pauses between tries, in milliseconds; time moves by them instead of passing. */
  readonly pauses: readonly number[];
  /** Moves the clock. */
  pass(milliseconds: number): void;
}

const opened: Bench[] = [];
afterEach(async () => {
  for (const bench of opened.splice(0)) {
    bench.client.close();
    await Promise.all(bench.servers.map((server) => server.close()));
  }
});

/** A client of `count` scripted servers that know their identity, on a clock that only waiting moves. */
export async function bench(
  options: Partial<ChainClientOptions> & { readonly count?: number; readonly dead?: readonly string[] } = {},
): Promise<Bench> {
  const { count = 1, dead = [], ...rest } = options;
  const servers = await Promise.all(Array.from({ length: count }, () => startScriptedServer()));
  for (const server of servers) server.on('/v2/info', { json: INFO });
  let now = Date.parse('2026-11-01T12:00:00Z');
  const pauses: number[] = [];
  const client = createChainClient({
    urls: [...dead, ...servers.map((server) => server.url)],
    contractId: CONTRACT,
    network: 'testnet',
    clock: { now: () => now },
    random: seededRandom(7),
    wait: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
    ...rest,
  });
  const made: Bench = {
    servers,
    client,
    pauses,
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
  opened.push(made);
  return made;
}

/** A URL on which nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = await startScriptedServer();
  await server.close();
  return server.url;
}

/** The error that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof Error) return outcome.error;
  throw new Error(`expected a rejection with an Error, was ${JSON.stringify(outcome)}`);
}
