import {
  BaseError,
  type Clock,
  FatalError,
  type Height,
  height as heightOf,
  type Log,
  LostLaneError,
  RejectedError,
} from '../../core/index.ts';
import type { DrainReport, Execution, Fill, LedgerPort, QueuePort } from '../../execution/index.ts';
import type { TradingHost } from '../../trading/host/index.ts';
import type { GridSettings, HaltState, TurnRequest, TurnResult } from '../../trading/index.ts';
import type { Follower, PollResult } from '../follower/index.ts';
import type { RunRecorder } from '../recording/run-recorder.ts';
import type { BotListener } from './bot-event.ts';
import { createTenure } from './tenure.ts';

export interface BotAccount {
  readonly principal: TurnRequest['dayTotals'][number]['account'];
  /** Its stated need now; absent where nothing but the config states it. */
  readonly need?: () => Promise<NonNullable<TurnRequest['targets']>[number]['targetWh']>;
}

export interface BotDependencies {
  readonly follower: Follower;
  readonly execution: Execution;
  readonly ledger: LedgerPort;
  readonly queue: QueuePort;
  readonly host: TradingHost;
  readonly clock: Clock;
  readonly log: Log;
  readonly listener: BotListener;
  /** HTTP requests made so far, by which an idle poll is measured. */
  readonly requestCount: () => number;
  /** Hears every turn before anything of it is sent. @default nobody */
  readonly recorder?: RunRecorder | null;
  /** Called before every turn, with all that the chain has told written to the ledger. */
  readonly beforeTurn?: () => Promise<void>;
}

export interface BotOptions {
  /** Names the poll's schedule: bots that share a queue must differ. */
  readonly name: string;
  readonly accounts: readonly BotAccount[];
  readonly grid: GridSettings;
  readonly pollEveryMs: number;
}

export interface BotStatus {
  /** Whether another process holds the lanes, so that this one waits to take its place. */
  readonly standby: boolean;
  readonly turn: number;
  readonly height: Height | null;
  readonly haltState: HaltState;
  /** Milliseconds since the Unix epoch; null before the first poll. */
  readonly lastPollAt: number | null;
  /** Requests of the last poll of the market that found nothing new; null before there was one. */
  readonly requestsPerIdlePoll: number | null;
  readonly trouble: string | null;
  readonly lastTurn: TurnResult | null;
}

/** A bot at work: one pass per poll, one turn per block. */
export interface Bot {
  /** Takes up what an earlier run left behind and starts polling; stands by while another process holds the lanes. */
  start(): Promise<void>;
  status(): BotStatus;
  /**
   * Takes effect from the next turn and outlives a restart.
   *
   * @throws RejectedError while the bot stands by.
   */
  setHaltState(state: HaltState): Promise<void>;
  /** Rejects when the bot must not go on: the cause is a FatalError, or a defect. Never resolves. */
  readonly failure: Promise<never>;
  /** Ends polling, lets the pass in progress finish, and waits for posts under way. */
  stop(options: { readonly deadlineMs: number }): Promise<DrainReport>;
}

const HALT_KEY = 'halt-state';
const haltStates: readonly HaltState[] = ['active', 'reducing', 'halted'];
const DAY_MS = 24 * 60 * 60 * 1000;

/** Joins follower, trading and execution into passes. */
export function createBot(deps: BotDependencies, options: BotOptions): Bot {
  const { follower, execution, ledger, queue, host, clock, log, listener } = deps;
  let haltState: HaltState = 'active';
  let turn = 0;
  let turnHeight: Height = heightOf(0);
  let seen: { readonly atMs: number; readonly height: Height } | null = null;
  let lastTurn: TurnResult | null = null;
  let idleRequests: number | null = null;
  let trouble: string | null = null;
  let lastPass: Promise<void> = Promise.resolve();
  let fail: (error: unknown) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failure.catch(() => {});

  /** The UTC day's use of each account's limits. */
  const dayTotals = async (nowMs: number): Promise<TurnRequest['dayTotals']> => {
    const sinceMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
    return Promise.all(options.accounts.map(({ principal }) => execution.dayTotals(principal, sinceMs)));
  };

  const targets = async (): Promise<NonNullable<TurnRequest['targets']>> => {
    const known = await Promise.all(
      options.accounts.map(async ({ principal, need }) => need && { account: principal, targetWh: await need() }),
    );
    return known.filter((target) => target !== undefined);
  };

  async function takeTurn(poll: PollResult, nowMs: number): Promise<void> {
    const request: TurnRequest = {
      turn,
      height: poll.height,
      nowMs,
      lastPoll: { atMs: nowMs, height: poll.height },
      haltState,
      openIntents: await execution.openIntents({ seenHeight: poll.height }),
      dayTotals: await dayTotals(nowMs),
      lanes: execution.lanes(),
      feePerEntry: execution.feePerEntry(),
      grid: options.grid,
      targets: await targets(),
    };
    const benched = host.benched().map(({ strategy }) => strategy);
    const result = await host.turn(poll, request);
    deps.recorder?.note({ update: poll, request, benched, result });
    turn += 1;
    turnHeight = poll.height;
    lastTurn = result;
    if (result.benched.length > 0) listener({ kind: 'benched', benched: result.benched });
    listener({ kind: 'turn', turn: result.turn, height: result.height, summary: result.summary });
    if (result.decisions.length === 0) return;
    listener({ kind: 'decided', height: result.height, decisions: result.decisions });
    await ledger.recordTurn({
      turn: result.turn,
      height: result.height,
      at: nowMs,
      allowed: result.allowed.length,
      denied: countDenials(result),
    });
    if (result.allowed.length === 0) return;
    const { batches } = await execution.submit(result.allowed, { height: result.height });
    listener({ kind: 'submitted', height: result.height, batches, planned: result.allowed });
  }

  /** Writes our part of what the poll found to the ledger. */
  async function recordEvents(poll: PollResult): Promise<readonly Fill[]> {
    if (poll.kind === 'lagging') return [];
    const { sequence, digest } = poll;
    return execution.recordEvents({ upTo: { sequence, digest }, entries: 'entries' in poll ? poll.entries : [] });
  }

  async function pass(): Promise<void> {
    const { confirmed, reorged, tip } = await execution.confirm();
    if (confirmed.length > 0) listener({ kind: 'confirmed', height: tip, batches: confirmed });
    if (reorged.length > 0)
      log.warn({ transactions: reorged }, 'a reorg took transactions out of the chain; they go on');

    const requestsBefore = deps.requestCount();
    const poll = await follower.poll();
    if (poll.kind === 'idle') idleRequests = deps.requestCount() - requestsBefore;
    const nowMs = clock.now();
    seen = { atMs: nowMs, height: poll.height };
    if (poll.kind === 'restarted' && poll.reason !== 'first-poll') {
      log.warn({ reason: poll.reason, height: poll.height }, 'the market was read anew');
    }
    const fills = await recordEvents(poll);
    if (poll.kind === 'rewound') listener({ kind: 'rewound', height: poll.height });
    if (fills.length > 0) listener({ kind: 'filled', fills });
    if (poll.kind !== 'lagging' && (poll.height !== turnHeight || poll.kind !== 'idle')) {
      await deps.beforeTurn?.();
      await takeTurn(poll, nowMs);
    }
    if (trouble !== null) {
      trouble = null;
      listener({ kind: 'recovered' });
    }
  }

  /** A pass that never throws: what may pass is reported and tried again, anything else ends the bot. */
  async function guardedPass(): Promise<void> {
    try {
      await pass();
    } catch (error) {
      if (!(error instanceof BaseError) || error instanceof FatalError) {
        fail(error);
        return;
      }
      // The trading thread may or may not have applied the update; reading the market anew is always right.
      follower.restart();
      if (error instanceof LostLaneError) {
        tenure.stepDown();
        return;
      }
      if (trouble !== error.message) listener({ kind: 'trouble', message: error.message });
      trouble = error.message;
    }
  }

  /** Work that lost its lanes lets go of its pass, which may still be under way when the lanes are back. */
  const nextPass = (): Promise<void> => {
    lastPass = lastPass.then(guardedPass);
    return lastPass;
  };

  const tenure = createTenure(
    { execution, log },
    {
      async begin({ confirmed, tip }) {
        haltState = parseHaltState(await ledger.get(HALT_KEY));
        if (confirmed.length > 0) listener({ kind: 'confirmed', height: tip, batches: confirmed });
        const { name, pollEveryMs: everyMs } = options;
        return queue.schedule({ name, everyMs, handler: nextPass, takeOver: true });
      },
      onStandby: () => listener({ kind: 'standby' }),
      onFailure: (error) => fail(error),
    },
  );

  return {
    failure,
    start: tenure.start,
    status: () => ({
      standby: tenure.isStandby(),
      turn,
      height: seen?.height ?? null,
      haltState,
      lastPollAt: seen?.atMs ?? null,
      requestsPerIdlePoll: idleRequests,
      trouble,
      lastTurn,
    }),
    async setHaltState(state) {
      if (tenure.isStandby()) {
        throw new RejectedError('this process stands by: the one that holds the lanes takes commands', {
          code: 'standby',
        });
      }
      await ledger.set(HALT_KEY, state);
      haltState = state;
      listener({ kind: 'halt-state', state });
    },
    async stop({ deadlineMs }) {
      const startedAt = clock.now();
      await tenure.end({ deadlineMs });
      return execution.drain({ deadlineMs: Math.max(deadlineMs - (clock.now() - startedAt), 0) });
    },
  };
}

function countDenials(result: TurnResult): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of result.decisions) {
    if (verdict.kind === 'deny') counts[verdict.code] = (counts[verdict.code] ?? 0) + 1;
  }
  return counts;
}

function parseHaltState(text: string | null): HaltState {
  return haltStates.find((state) => state === text) ?? 'active';
}
