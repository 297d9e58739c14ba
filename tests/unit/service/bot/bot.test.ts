import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { height, LostLaneError } from '../../../../src/core/index.ts';
import type { ConfirmReport, Execution, LedgerPort, QueuePort } from '../../../../src/execution/index.ts';
import { applyUpdate, present, type Timeline } from '../../../../src/market/index.ts';
import { createBot } from '../../../../src/service/bot/bot.ts';
import { createFollower } from '../../../../src/service/follower/index.ts';
import type { TradingHost } from '../../../../src/trading/host/index.ts';
import { collectingLog } from '../../../support/collecting-log.ts';
import { createModelChain } from '../../../support/model-chain.ts';
import { owner } from '../../../support/model-market.ts';
import { happen } from '../follower/scene.ts';

const report: ConfirmReport = { tip: height(1), confirmed: [], cancelled: [], reorged: [], superseded: [] };
const grid = { import: 100, feedIn: 40 } as unknown as Parameters<typeof createBot>[1]['grid'];

/**
 * A bot over a market, with lanes that a test takes and gives back. The poll's schedule runs when the test says so, the
 * trading thread folds what it is told, and a pass may be held where it asks about its transactions.
 */
async function scene() {
  const chain = createModelChain({ owner });
  const lanes = { held: true, tellLoss: () => {} };
  let hold: Promise<void> = Promise.resolve();
  let poll = async (): Promise<void> => {};
  let passes = 0;
  let timeline: Timeline | null = null;
  const execution: Partial<Execution> = {
    recover: async () => (lanes.held ? report : null),
    onLost(listener) {
      lanes.tellLoss = listener;
    },
    async confirm() {
      passes += 1;
      await hold;
      return report;
    },
    async recordEvents() {
      if (!lanes.held) throw new LostLaneError('another process holds the lanes');
      return [];
    },
    openIntents: async () => [],
    lanes: () => [],
    feePerEntry: () => 0 as ReturnType<Execution['feePerEntry']>,
  };
  const queue: Partial<QueuePort> = {
    async schedule({ handler }) {
      poll = async () => handler(new AbortController().signal);
      return { stop: async () => 0 };
    },
  };
  const host: Partial<TradingHost> = {
    benched: () => [],
    async turn(update, { turn, height: at }) {
      timeline = applyUpdate(timeline, structuredClone(update));
      return { turn, height: at, decisions: [], allowed: [], benched: [], summary: {} } as never;
    },
  };
  const bot = createBot(
    {
      follower: createFollower({ chain: chain.port, owner, prosumers: [], delegations: [] }),
      execution: execution as Execution,
      ledger: { get: async () => null } as Partial<LedgerPort> as LedgerPort,
      queue: queue as QueuePort,
      host: host as TradingHost,
      clock: { now: () => 0 },
      log: collectingLog(),
      listener: () => {},
      requestCount: () => 0,
    },
    { name: 'poll', accounts: [], grid, pollEveryMs: 1_000 },
  );
  const failed = vi.fn<(error: unknown) => void>();
  bot.failure.catch(failed);
  await bot.start();
  return {
    chain,
    failed,
    poll: () => poll(),
    passes: () => passes,
    folded: () => (timeline === null ? null : present(timeline).state.energyPrice),
    /** Holds every pass from now on until the answer is called. */
    hold(): () => void {
      let release = (): void => {};
      hold = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    async lose() {
      lanes.held = false;
      lanes.tellLoss();
      await vi.advanceTimersByTimeAsync(0);
    },
    async regain() {
      lanes.held = true;
      await vi.advanceTimersByTimeAsync(1_000);
    },
  };
}

describe('a bot whose lanes are lost in the middle of a pass, and come back', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('behavior: trades on with the market as it is, though what that pass had read never came to the strategies', async () => {
    const { chain, poll, hold, lose, regain, folded, failed } = await scene();
    await poll();
    happen(chain, 3);
    const release = hold();
    const abandoned = poll();
    await lose();
    release();
    await abandoned;
    await regain();
    happen(chain, 2, { price: 700 });
    await poll();
    expect(failed).not.toHaveBeenCalled();
    expect(folded()).toBe(701);
  });

  it('behavior: begins no pass before that one has ended', async () => {
    const { poll, hold, lose, regain, passes, failed } = await scene();
    const release = hold();
    const abandoned = poll();
    await lose();
    await regain();
    const next = poll();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(passes()).toBe(1);
    release();
    await Promise.all([abandoned, next]);
    expect(passes()).toBe(2);
    expect(failed).not.toHaveBeenCalled();
  });
});
