import { afterAll, beforeAll } from 'vitest';
import { type Clock, height, microStx, type Principal, principal, RejectedError } from '../../src/core/index.ts';
import {
  type ChainPort,
  createExecution,
  type Execution,
  type ExecutionConfig,
  type LedgerPort,
  type QueuePort,
  type SignerPort,
} from '../../src/execution/index.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import {
  createPgliteLedger,
  createPgliteQueue,
  type EmbeddedDatabase,
  openMemoryDatabase,
} from '../../src/storage/index.ts';
import type { PlannedIntent } from '../../src/trading/intent.ts';
import { collectingLog } from './collecting-log.ts';
import { testAccount } from './devnet.ts';
import { eventually } from './eventually.ts';
import { FakeChain } from './fake-chain.ts';
import { chainOf } from './lanes-of-chain.ts';

const accounts = [testAccount(0), testAccount(1)];
const [first, second] = accounts.map(({ address }) => principal(address)) as [Principal, Principal];
/** The operator of the tests: its key is known to everybody. */
export const LANE = first;
/** Another operator, for tests of several lanes. */
export const OTHER = second;

export const defaultConfig: ExecutionConfig = {
  lanes: [LANE],
  lease: { holder: 'test', soleHolder: true },
  fee: { ratePerByte: 1, floor: microStx(100), cap: microStx(50_000) },
  confirmedDepth: 1,
  finalDepth: 3,
  validityBlocks: 5,
  retryMs: 20,
};

export interface World {
  /** The chain as far as the first operator is concerned, and as far as the other one is; mined in step. */
  readonly chain: FakeChain;
  readonly otherChain: FakeChain;
  /** Who has delegated to whom; everybody to both unless changed. */
  mayAct: (prosumer: string, operator: string) => boolean;
  /** What the signer says instead of signing for an operator. */
  readonly refusals: Map<Principal, string>;
  /** Both parts as one. */
  readonly port: ChainPort;
  readonly ledger: LedgerPort;
  readonly signer: SignerPort;
  readonly clock: Clock & { advance(ms: number): void };
  readonly log: ReturnType<typeof collectingLog>;
  /** Holds ledger and queue, and those of the file's other worlds. */
  readonly database: EmbeddedDatabase;
  queue: QueuePort;
  execution: Execution;
  /** Stops the execution, throws the queue away with all its jobs, and starts anew, as after a crash. */
  restart(config?: Partial<ExecutionConfig>): Promise<void>;
  /** A second process on the same ledger, queue and chain. */
  rival(config?: Partial<ExecutionConfig>): Execution;
  submit(...planned: PlannedIntent[]): ReturnType<Execution['submit']>;
  /** Resolves once the mempool holds so many transactions. */
  inMempool(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Real ledger and queue in one embedded database, a real signer, and a chain that lies on demand. */
export function useWorlds(): { make(config?: Partial<ExecutionConfig>): Promise<World> } {
  let database: EmbeddedDatabase;
  let worlds = 0;
  beforeAll(async () => {
    database = await openMemoryDatabase();
  });
  afterAll(() => database?.close());

  return {
    async make(overrides = {}) {
      const schema = `world_${++worlds}`;
      const chain = new FakeChain(LANE);
      const otherChain = new FakeChain(OTHER);
      const refusals = new Map<Principal, string>();
      const port = chainOf([chain, otherChain], (prosumer, operator) => world.mayAct(prosumer, operator));
      const log = collectingLog();
      let now = 1_000_000;
      const clock = {
        now: () => now,
        advance(ms: number) {
          now += ms;
        },
      };
      const keys = accounts.map(({ privateKey }) => keyFromText({ name: 'test', text: privateKey }));
      const contractId = `${LANE}.energy-grid`;
      const holder = createLocalSigner({ keys, network: 'embedded', contractId, feeCap: microStx(50_000) });
      const signer: SignerPort = {
        addresses: () => holder.addresses(),
        async sign(request) {
          const refusal = refusals.get(request.signer);
          if (refusal !== undefined) throw new RejectedError(refusal, { code: 'test' });
          return holder.sign(request);
        },
      };
      const binding = { identity: await chain.identity(), contractId };
      const ledger = await createPgliteLedger({ database }, { binding, schema });
      const openQueue = () => createPgliteQueue({ database, log }, { lockMs: 1_000, stalledCheckMs: 500 });
      const start = (queue: QueuePort, config: Partial<ExecutionConfig>) =>
        createExecution({ ledger, queue, chain: port, signer, clock, log }, { ...defaultConfig, ...config });
      const queue = await openQueue();
      const world: World = {
        chain,
        otherChain,
        port,
        mayAct: () => true,
        refusals,
        ledger,
        signer,
        clock,
        log,
        database,
        queue,
        execution: start(queue, overrides),
        async restart(config = overrides) {
          await world.execution.drain({ deadlineMs: 2_000 });
          await world.queue.close({ deadlineMs: 1_000 });
          world.queue = await openQueue();
          world.execution = start(world.queue, config);
          await world.execution.recover();
        },
        rival: (config = {}) => start(world.queue, { lease: { holder: 'rival' }, ...config }),
        submit: (...planned) => world.execution.submit(planned, { height: chain.height }),
        inMempool: async (count) => {
          await eventually(() => {
            if (chain.mempool.size !== count) throw new Error(`the mempool holds ${chain.mempool.size}, not ${count}`);
          });
        },
        async close() {
          await world.execution.drain({ deadlineMs: 2_000 });
          await world.queue.close({ deadlineMs: 1_000 });
          await ledger.close();
          await database.pool.query(`DROP SCHEMA ${schema} CASCADE`);
        },
      };
      return world;
    },
  };
}

/** A height like those of the fake chain, for intents. */
export const NOW = height(100);
