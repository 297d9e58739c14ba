import { describe, expect, test } from 'vitest';
import { tradeId } from '../../src/core/index.ts';
import type { ExecutionConfig } from '../../src/execution/index.ts';
import { TRANSACTION_STATES } from '../../src/execution/ports/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { defaultConfig, LANE, NOW, OTHER, useWorlds, type World } from '../support/execution-world.ts';
import { timedOut } from '../support/fake-chain.ts';
import { mortal } from '../support/mortal.ts';
import { planBuy } from '../support/trading-fixtures.ts';

type Execution = World['execution'];

/** Trouble that makes a step needed which trading alone does not. */
interface Trouble {
  readonly config?: Partial<ExecutionConfig>;
  /** Up to the pass that makes the step. */
  readonly arrange: (world: World, execution: Execution) => Promise<unknown>;
  /** A block of the time after. */
  readonly block: (world: World) => unknown;
  /** Intents by id, in the state that each must come to. */
  readonly end: Readonly<Record<string, string>>;
  /** Entries that the chain must have executed by then. */
  readonly executed: number;
}

/** A pass for each block, and there are dozens of both. */
const PATIENT = { timeoutMs: 60_000 };

const buy = (id: string, offer = 7) => planBuy({ id, operator: LANE, at: NOW, tradeId: tradeId(offer) });
const submit = (world: World, execution: Execution, ...ids: string[]) =>
  execution.submit(
    ids.map((id, index) => buy(id, 7 + index)),
    { height: world.chain.height },
  );
const mempoolOf = ({ ledger }: World, count: number) =>
  eventually(async () => expect((await ledger.summary()).transactions.mempool).toBe(count));
/** Mines what waits once all of it is there, so that no block is between two of them. */
const mineAll = (count: number) => (world: World) =>
  world.chain.mempool.size >= count ? world.chain.mine() : world.chain.mineNothing();

const troubles: Readonly<Record<string, Trouble>> = {
  cancelIntents: {
    config: { maxUnconfirmed: 1, maxEntries: 1 },
    async arrange(world, execution) {
      await submit(world, execution, 'first', 'stale');
      await mempoolOf(world, 1);
      for (let block = 0; block < 6; block += 1) world.chain.mineNothing();
      await execution.openIntents({ seenHeight: world.chain.height });
    },
    block: mineAll(1),
    end: { first: 'done', stale: 'cancelled' },
    executed: 1,
  },
  claimGap: {
    async arrange(world, execution) {
      world.chain.mineForeign();
      await execution.confirm();
      await submit(world, execution, 'b-1');
      await submit(world, execution, 'b-2');
      await mempoolOf(world, 2);
      world.chain.reorg(1, { lose: true });
    },
    block: mineAll(3),
    end: { 'b-1': 'done', 'b-2': 'done' },
    executed: 2,
  },
  replace: {
    config: { fee: { ...defaultConfig.fee, bumpAfterBlocks: 2 } },
    async arrange(world, execution) {
      await submit(world, execution, 'b-1');
      await mempoolOf(world, 1);
    },
    block: (world) =>
      [...world.chain.mempool.values()].some(({ fee }) => fee > 300) ? world.chain.mine() : world.chain.mineNothing(),
    end: { 'b-1': 'done' },
    executed: 1,
  },
  uninclude: {
    async arrange(world, execution) {
      await submit(world, execution, 'b-1');
      await mempoolOf(world, 1);
      world.chain.mine();
      await execution.confirm();
      world.chain.reorg(1, { lose: true });
      for (let block = 0; block < 2; block += 1) world.chain.mineNothing();
      await execution.openIntents({ seenHeight: world.chain.height });
    },
    block: mineAll(1),
    end: { 'b-1': 'done' },
    executed: 1,
  },
  supersede: {
    async arrange(world, execution) {
      world.chain.onBroadcast = () => timedOut;
      await submit(world, execution, 'b-1');
      world.chain.mineForeign();
      await execution.confirm();
    },
    block: (world) => world.chain.mine(),
    end: { 'b-1': 'superseded' },
    executed: 0,
  },
  ...Object.fromEntries(
    ['setHalt', 'expire'].map((step): [string, Trouble] => [
      step,
      {
        config: { lanes: [LANE, OTHER], stuckBlocks: 2, fee: { ...defaultConfig.fee, bumpAfterBlocks: 1 } },
        async arrange(world, execution) {
          world.chain.onBroadcast = () => timedOut;
          await submit(world, execution, 'b-1');
        },
        block(world) {
          world.otherChain.mine();
          return world.chain.mine();
        },
        end: { 'b-1': 'expired' },
        executed: 0,
      },
    ]),
  ),
};

describe('a process that dies at a step which only trouble makes', () => {
  const worlds = useWorlds();

  /** Blocks with a pass after each, until all has come to its end. */
  const goOn = (world: World, execution: Execution, { block, end, executed }: Trouble, isDead = () => false) =>
    eventually(async () => {
      if (isDead()) return;
      world.clock.advance(1_000);
      block(world);
      await execution.openIntents({ seenHeight: world.chain.height });
      await execution.confirm();
      const ids = Object.keys(end);
      const states = (await world.ledger.intents(ids)).map(({ state }) => state);
      expect(states).toEqual(Object.values(end));
      expect(world.chain.executed.reduce((sum, { entries }) => sum + entries.length, 0)).toBe(executed);
    }, PATIENT);

  describe.each(Object.entries(troubles))('%s', (step, trouble) => {
    test.each(['before', 'after'] as const)(
      '%s it: the next one comes to the same end',
      { timeout: 150_000 },
      async (phase) => {
        const { config } = trouble;
        const world = await worlds.make(config);
        try {
          let isArmed = false;
          const first = mortal(world, {
            steps: { lane: [step] },
            diesAt: (name, at) => isArmed && name === step && at === phase,
            ...(config === undefined ? {} : { config }),
          });
          await first.execution.recover();
          await trouble.arrange(world, first.execution);
          isArmed = true;
          await goOn(world, first.execution, trouble, first.isDead).catch((error: unknown) => {
            if (!first.isDead()) throw error;
          });
          expect(first.isDead()).toBe(true);
          await first.bury();

          await world.execution.recover();
          await goOn(world, world.execution, trouble);
          const live = await world.ledger.transactions({ states: TRANSACTION_STATES, lane: LANE });
          const nonces = live.filter(({ state }) => state !== 'superseded').map(({ nonce }) => nonce);
          expect(new Set(nonces).size).toBe(nonces.length);
        } finally {
          await world.close();
        }
      },
    );
  });
});
