import { describe, expect, test } from 'vitest';
import { height } from '../../src/core/index.ts';
import { eventually } from '../support/eventually.ts';
import { LANE, NOW, useWorlds, type World } from '../support/execution-world.ts';
import { mortal } from '../support/mortal.ts';
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
      const names: string[] = [];
      const first = mortal(world, {
        steps: STEPS,
        diesAt: (step, phase) => phase === 'after' && names.push(step) === lastStep,
      });
      await live(world, first.execution, first.isDead).catch((error: unknown) => {
        if (!first.isDead()) throw error;
      });
      const died = first.isDead();
      await first.bury();
      if (died) diedAfter.add(names.at(-1) ?? '');

      // The next start finds what the dead one left: the same ledger and chain, and every other time an empty queue.
      if (lastStep % 2 === 0) await world.restart();
      await live(world, world.execution);
      const entries = world.chain.executed.flatMap((call) => call.entries.map(() => call.kind));
      expect(entries.sort(), `died after step ${lastStep}, ${names.at(-1)}`).toEqual([
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
