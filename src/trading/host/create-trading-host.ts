import { ConfigError, FatalError, TransientError } from '../../core/index.ts';
import type { MarketUpdate } from '../../market/index.ts';
import type { Bench, EngineSettings, TradingAccount, TurnRequest, TurnResult } from '../turn/index.ts';
import { Journal } from './journal.ts';
import { NO_STRATEGY, type WorkerAnswer } from './messages.ts';
import { unpack } from './portable-error.ts';
import { startTradingThread, type ThreadOutcome, type TradingThread } from './trading-thread.ts';

export interface TradingHostOptions {
  readonly settings: EngineSettings;
  /** What relative paths of strategy files start from, for example the folder of the config file. */
  readonly directory: string;
  /** Milliseconds after which a turn is ended and the strategy at fault benched. @default 5000 */
  readonly turnDeadlineMs?: number;
  /** Milliseconds that loading all strategies may take. @default 30000 */
  readonly loadDeadlineMs?: number;
  /** Hears what strategies print; their output never reaches that of the bot. @default nobody */
  readonly onOutput?: (text: string) => void;
}

/** Market and trading in a thread of their own. */
export interface TradingHost {
  /**
   * Folds what the follower reports, and decides. Calls are served one after the other. A strategy that does not return
   * in time is benched like any other that misbehaves, and the turn is run again without it.
   *
   * @throws CorruptionError when the update does not follow on the earlier ones; a `restarted` update mends that.
   * @throws TransientError when the thread was lost twice without a strategy being at fault; it has been started anew.
   */
  turn(update: MarketUpdate, request: TurnRequest): Promise<TurnResult>;
  /** The accounts as they trade, with every parameter and limit that was left out at its default. */
  accounts(): readonly TradingAccount[];
  /** All strategies that are benched so far. They stay so until the bot is restarted. */
  benched(): readonly Bench[];
  /** Ends the thread. A turn in progress is lost. */
  close(): Promise<void>;
}

/** How often one turn is run again after the thread was lost while no strategy ran. */
const MISHAPS = 1;

/**
 * Starts the trading thread and loads the strategies of all accounts in it.
 *
 * @throws ConfigError for a strategy that does not load in time or at all, and for what `createTurnEngine` refuses.
 */
export async function createTradingHost(options: TradingHostOptions): Promise<TradingHost> {
  const { settings, directory, turnDeadlineMs = 5_000, loadDeadlineMs = 30_000, onOutput = () => {} } = options;
  const references = [...new Set(settings.accounts.map(({ strategy }) => strategy))];
  const journal = new Journal();
  const benches = new Map<string, Bench>();
  let thread: TradingThread = begin();
  let accounts: readonly TradingAccount[] = settings.accounts;
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();

  function begin(): TradingThread {
    return startTradingThread({ settings, directory, journal: journal.content() }, onOutput);
  }

  async function load(): Promise<void> {
    const outcome = await thread.ready(loadDeadlineMs);
    if (outcome.kind === 'answer' && outcome.answer.kind === 'ready') {
      accounts = outcome.answer.accounts;
      return;
    }
    await thread.close();
    if (outcome.kind === 'answer' && outcome.answer.kind === 'failed') throw unpack(outcome.answer.error);
    if (outcome.kind === 'lost' && outcome.strategy !== NO_STRATEGY) {
      throw new ConfigError(`strategy "${references[outcome.strategy]}" does not load: it ${outcome.cause}`);
    }
    throw new FatalError(
      `the trading thread does not start: it ${outcome.kind === 'lost' ? outcome.cause : 'is confused'}`,
    );
  }

  async function rebuild(): Promise<void> {
    await thread.close();
    if (closed) throw new TransientError('the trading host was closed');
    thread = begin();
    await load();
  }

  async function turn(update: MarketUpdate, request: TurnRequest): Promise<TurnResult> {
    if (closed) throw new TransientError('the trading host was closed');
    const faults: Bench[] = [];
    let pending: MarketUpdate | null = update;
    let mishaps = 0;
    journal.append(update);
    for (;;) {
      const message = { update: pending, request, benched: [...benches.keys()], checkpoint: journal.isLong() };
      const outcome: ThreadOutcome = await thread.turn(message, turnDeadlineMs);
      if (outcome.kind === 'answer') return finish(outcome.answer, faults);
      await rebuild();
      // The journal already holds the update, and so does the new thread.
      pending = null;
      const strategy = references[outcome.strategy];
      if (strategy === undefined || benches.has(strategy)) {
        mishaps += 1;
        if (mishaps <= MISHAPS) continue;
        throw new TransientError(`the trading thread was lost in turn ${request.turn}: it ${outcome.cause}`);
      }
      const bench: Bench = { strategy, account: null, reason: outcome.cause };
      benches.set(strategy, bench);
      faults.push(bench);
    }
  }

  function finish(answer: WorkerAnswer, faults: readonly Bench[]): TurnResult {
    if (answer.kind === 'failed') throw unpack(answer.error);
    if (answer.kind === 'ready') throw new FatalError('expected the trading thread to answer a turn, was ready');
    if (answer.checkpoint !== null) journal.rebase(answer.checkpoint);
    for (const bench of answer.result.benched) benches.set(bench.strategy, bench);
    return { ...answer.result, benched: [...faults, ...answer.result.benched] };
  }

  await load();
  return {
    turn(update, request) {
      const result = queue.then(() => turn(update, request));
      queue = result.catch(() => {});
      return result;
    },
    accounts: () => accounts,
    benched: () => [...benches.values()],
    async close() {
      closed = true;
      await thread.close();
    },
  };
}
