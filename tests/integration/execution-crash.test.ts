import { describe, expect, test } from 'vitest';
import { height } from '../../src/core/index.ts';
import {
  createExecution,
  type ExecutionDependencies,
  type LedgerPort,
  type QueueWorker,
} from '../../src/execution/index.ts';
import { eventually } from '../support/eventually.ts';
import { defaultConfig, LANE, NOW, useWorlds, type World } from '../support/execution-world.ts';
import { planBuy, planList } from '../support/trading-fixtures.ts';

/** The steps after which a process can die with something done and the next thing not. */
const STEPS = {
  ledger: ['acquireLanes'],
  lease: ['recordIntents'],
  lane: ['claim', 'addAttempt', 'beginPost', 'transition', 'include', 'settle', 'finalize'],
  signer: ['sign'],
  queue: ['enqueue'],
  chain: ['broadcast'],
} as const;

class Killed extends Error {}

/** A process that dies right after its `lastStep`-th step: the step is done, its answer lost, and nothing follows. */
function mortal(world: World, lastStep: number) {
  let steps = 0;
  let dead = false;
  const names: string[] = [];
  const workers: QueueWorker[] = [];

  const wrap = <Port extends object>(port: Port, counted: readonly string[]): Port =>
    new Proxy(port, {
      get(target, name) {
        const member = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]) => {
          if (dead) throw new Killed();
          const answer = await Reflect.apply(member, target, parameters);
          if (name === 'consume') workers.push(answer);
          if (!counted.includes(String(name))) return answer;
          if (dead) throw new Killed();
          steps += 1;
          names.push(String(name));
          if (steps === lastStep) {
            dead = true;
            throw new Killed();
          }
          return answer;
        };
      },
    });

  const { clock, log } = world;
  const ledger: LedgerPort = {
    ...wrap(world.ledger, []),
    acquireLanes: async (parameters) => {
      const lease = await world.ledger.acquireLanes(parameters);
      return lease && wrap({ ...lease, lanes: lease.lanes.map((lane) => wrap(lane, STEPS.lane)) }, STEPS.lease);
    },
  };
  const deps: ExecutionDependencies = {
    ledger: wrap(ledger, STEPS.ledger),
    signer: wrap(world.signer, STEPS.signer),
    queue: wrap(world.queue, STEPS.queue),
    chain: wrap(world.port, STEPS.chain),
    clock,
    log,
  };
  return {
    execution: createExecution(deps, defaultConfig),
    isDead: () => dead,
    lastName: () => names.at(-1),
    async bury() {
      dead = true;
      for (const worker of workers) await worker.stop({ deadlineMs: 500 });
    },
  };
}

describe('a process killed after any step', () => {
  const worlds = useWorlds();
  const planned = [
    planBuy({ id: 'b-1', operator: LANE, at: NOW }),
    planList({ id: 'l-1', operator: LANE, at: NOW, openUntil: height(400) }),
  ];

  /** Trades until both intents are done and final, or until the process dies. */
  async function live(world: World, execution: World['execution'], isDead = () => false): Promise<void> {
    await execution.recover();
    await execution.submit(planned, { height: NOW });
    await eventually(async () => {
      if (isDead()) return;
      if (world.chain.mempool.size > 0) world.chain.mine();
      await execution.confirm();
      const states = (await world.ledger.intents(['b-1', 'l-1'])).map(({ state }) => state);
      expect(states).toEqual(['done', 'done']);
    });
    world.chain.mine();
    world.chain.mine();
    await execution.openIntents({ seenHeight: world.chain.height });
    await execution.confirm();
  }

  test('goes on to exactly one execution of each intent', { timeout: 240_000 }, async () => {
    const diedAfter = new Set<string>();
    for (let lastStep = 1; ; lastStep += 1) {
      const world = await worlds.make();
      const first = mortal(world, lastStep);
      await live(world, first.execution, first.isDead).catch((error: unknown) => {
        if (!first.isDead()) throw error;
      });
      const died = first.isDead();
      await first.bury();
      if (died) diedAfter.add(first.lastName() ?? '');

      // The next start finds what the dead one left: the same ledger and chain, and every other time an empty queue.
      if (lastStep % 2 === 0) await world.restart();
      await live(world, world.execution);
      const entries = world.chain.executed.flatMap((call) => call.entries.map(() => call.kind));
      expect(entries.sort(), `died after step ${lastStep}, ${first.lastName()}`).toEqual([
        'buyEnergyFor',
        'tradeEnergyFor',
      ]);
      const { transactions } = await world.ledger.summary();
      expect(transactions).toMatchObject({ final: 2, claimed: 0, superseded: 0 });
      await world.close();
      if (!died) break;
    }
    expect(diedAfter).toEqual(new Set(Object.values(STEPS).flat()));
  });
});
