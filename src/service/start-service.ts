import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Clock, FatalError, MicroStx, Principal } from '../core/index.ts';
import {
  createExecution,
  type DrainReport,
  type ExecutionDependencies,
  type ReconcileReport,
  reconcile,
  type SignerPort,
} from '../execution/index.ts';
import { contractParts } from '../signer/index.ts';
import { createTradingHost, strategyFile } from '../trading/host/index.ts';
import type { EngineSettings, TradingAccount } from '../trading/index.ts';
import { type Bot, createBot } from './bot/bot.ts';
import type { BotListener } from './bot/bot-event.ts';
import { dryExecution } from './bot/dry-execution.ts';
import { cancelUnderWay } from './cancel-under-way.ts';
import type { ServiceConfig } from './config/index.ts';
import { assertTradable, connectChain, reachChain } from './connect-chain.ts';
import { startControlServer } from './control/index.ts';
import { createFollower } from './follower/index.ts';
import { LEDGER_SCHEMA, openStores, type Stores } from './open-stores.ts';
import { tailReadings } from './readings/readings-tail.ts';
import type { OpenRunRecorder } from './recording/run-recorder.ts';
import { type RunReport, runReport } from './report/run-report.ts';
import { createScorekeeper } from './report/scorekeeper.ts';
import { keepLedgerSmall } from './retention.ts';
import { serviceMetrics } from './service-metrics.ts';

export interface ServiceParameters {
  readonly config: ServiceConfig;
  /** Whose keys sign. */
  readonly operators: readonly Principal[];
  /** May still be starting: meanwhile queue and ledger are opened. Null for a dry run: no signing, a ledger in memory. */
  readonly signer: Promise<SignerPort> | SignerPort | null;
  /** What relative paths of strategy files start from. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: BotListener;
  /** Of the ledger. @default LEDGER_SCHEMA */
  readonly schema?: string;
  /** Discards what the ledger holds. @default false */
  readonly fresh?: boolean;
  /** Records the run, unless it is a dry one or the config says not to. @default nobody */
  readonly recordRun?: OpenRunRecorder;
  /** Puts something between the execution and its ports: who tests the service by faults does. @default nothing */
  readonly between?: (ports: ExecutionDependencies) => ExecutionDependencies;
}

export interface Service {
  readonly bot: Bot;
  readonly controlUrl: string;
  /** What trading earned, as of the last turn. */
  profit(): MicroStx;
  report(): Promise<RunReport>;
  /** Unconfirmed transactions of all lanes, as of the last pass. */
  unconfirmed(): number;
  /** Compares chain and ledger anew. */
  reconcile(): Promise<ReconcileReport>;
  /** Rejects when the service must not go on. Never resolves. */
  readonly failure: Promise<never>;
  /** Stops polling and waits for work in progress; what is still pending goes on with the next start. */
  drain(): Promise<DrainReport>;
  /** Lets go of everything; after `drain`. */
  close(): Promise<void>;
}

/** So many missed polls in a row make the service unhealthy. */
const HEALTHY_POLLS = 10;

/**
 * Composes a bot from a config and starts it.
 *
 * @throws ConfigError for what a person must mend first: a wrong network, no contract, mainnet without meters, a ledger
 * of another chain, a taken folder or port, a strategy that does not load. TransientError when no node answers.
 */
export async function startService(parameters: ServiceParameters): Promise<Service> {
  const {
    config,
    operators,
    signer: starting,
    directory,
    clock,
    log,
    listener,
    schema = LEDGER_SCHEMA,
    fresh = false,
    between = (ports) => ports,
  } = parameters;
  // Told before anything is opened for it; what else may be wrong with a strategy shows when it loads.
  for (const { strategy } of config.accounts) strategyFile(strategy, directory);
  const chain = connectChain(config, clock);
  const toClose: (() => Promise<void> | void)[] = [() => chain.close()];
  const close = async (): Promise<void> => {
    for (const step of toClose.reverse().splice(0)) await step();
  };
  try {
    const { contract: contractId } = config.chain;
    await reachChain(config, clock);
    const identity = await chain.identity();
    await assertTradable(chain, config);
    let lockLost: (error: FatalError) => void = () => {};
    const lost = new Promise<never>((_, reject) => {
      lockLost = reject;
    });
    lost.catch(() => {});
    const stores: Stores = await openStores(
      { log },
      {
        redisUrl: starting === null ? null : config.redisUrl,
        databaseUrl: starting === null ? null : config.databaseUrl,
        folder: starting === null ? null : config.data,
        binding: { identity, contractId },
        schema,
        fresh,
        onLockLost: lockLost,
      },
    );
    const { ledger, queue } = stores;
    const deadlineMs = config.drainSeconds * 1000;
    toClose.push(() => stores.close({ deadlineMs }));
    const signer = await starting;

    // An operator's own account needs no delegation, and only its own key can act for it without one.
    const operatorsOf = (account: Principal): readonly Principal[] =>
      operators.includes(account) ? [account] : operators;
    const execution =
      signer === null
        ? dryExecution({ chain, ledger, operators })
        : createExecution(between({ ledger, queue, chain, signer, clock, log }), {
            lanes: operators,
            operatorsOf,
            lease: { holder: `${hostname()}-${process.pid}-${randomUUID()}`, soleHolder: stores.exclusive },
            fee: config.fees,
            ...config.execution,
          });
    const run = await ledger.increment('run');
    const settings: EngineSettings = {
      run: `r${run}`,
      seed: config.seed,
      allowOwnTrades: config.allowOwnTrades,
      accounts: config.accounts.map(
        (account): TradingAccount => ({
          ...present(account),
          principal: account.address,
          operators: operatorsOf(account.address),
        }),
      ),
    };
    const host = await createTradingHost({
      directory,
      turnDeadlineMs: config.polling.turnDeadlineMs,
      onOutput: (text) => log.info({ text }, 'a strategy printed'),
      settings,
    });
    toClose.push(() => host.close());

    const principals = config.accounts.map(({ address }) => address);
    const owner = contractParts(config.network, contractId)[0];
    const recorder =
      signer === null || !config.recording.enabled
        ? null
        : (parameters.recordRun?.(
            {
              chain: { ...identity, contractId },
              owner,
              settings: { ...settings, accounts: host.accounts() },
              grid: config.grid,
              sending: { fee: config.fees, ...config.execution },
              finalDepth: config.execution.finalDepth,
              directory,
            },
            config.recording,
          ) ?? null);
    toClose.push(() => recorder?.close());
    const follower = createFollower({
      chain,
      owner,
      prosumers: principals,
      delegations: principals
        .filter((prosumer) => !operators.includes(prosumer))
        .flatMap((prosumer) => operators.map((operator) => ({ prosumer, operator }))),
    });
    const scores = await createScorekeeper(ledger, { grid: config.grid });
    const bot = createBot(
      {
        follower,
        execution,
        ledger,
        queue,
        host,
        clock,
        log,
        requestCount: () => chain.requestCount(),
        beforeTurn: () => scores.refresh(),
        recorder,
        listener: (event) => {
          scores.hear(event);
          listener(event);
        },
      },
      {
        name: `poll-${operators[0] ?? ''}`,
        grid: config.grid,
        pollEveryMs: config.polling.everyMs,
        accounts: config.accounts.map(({ address, readings, targetWh }) => {
          if (readings === undefined) return { principal: address };
          const tail = tailReadings({ log }, { file: readings, base: targetWh });
          return { principal: address, need: () => tail.need() };
        }),
      },
    );

    const report = async (): Promise<RunReport> => {
      await scores.refresh();
      const { turn, height, lastTurn, requestsPerIdlePoll } = bot.status();
      return runReport({
        ...scores.score(),
        blocks: turn,
        height: height ?? 0,
        requestsPerIdlePoll,
        accounts: lastTurn?.summary.accounts ?? [],
        chainUrl: config.chain.urls[0] ?? '',
        queue: stores.queueAt,
        ledger: stores.ledgerAt,
        reconciled: null,
      });
    };
    const unhealthy = (): string | null => {
      const { lastPollAt, trouble, standby } = bot.status();
      if (standby) return null;
      if (trouble !== null) return trouble;
      const silence = lastPollAt === null ? null : clock.now() - lastPollAt;
      return silence === null || silence > HEALTHY_POLLS * config.polling.everyMs + 10_000
        ? 'no successful poll lately'
        : null;
    };
    const names = Object.fromEntries(config.accounts.map(({ address, name }) => [address, name]));
    const control = await startControlServer(
      {
        unhealthy,
        status: async () => ({
          ...(await report()),
          ...statusOf(bot),
          lanes: execution.lanes(),
          benched: host.benched(),
          names,
        }),
        reconcile: () => reconcile({ chain, ledger }),
        setHaltState: (state) => bot.setHaltState(state),
        resumeLanes: (lane) => execution.resume(lane),
        cancel: (wanted) => cancelUnderWay({ execution, ledger }, wanted),
        metrics: () => serviceMetrics({ bot, execution, score: scores.score, requests: () => chain.requestCount() }),
      },
      { ...config.control, folder: config.data },
    );
    toClose.push(() => control.close());
    await bot.start();
    const readThrough = () => bot.status().lastTurn?.height ?? null;
    toClose.push(await keepLedgerSmall({ ...stores, clock, log }, { ...config, readThrough }));
    return {
      bot,
      controlUrl: control.url,
      report,
      profit: () => scores.score().profit,
      unconfirmed: () => execution.lanes().reduce((sum, { unconfirmed }) => sum + unconfirmed, 0),
      reconcile: () => reconcile({ chain, ledger }),
      failure: Promise.race([bot.failure, lost]),
      drain: () => bot.stop({ deadlineMs }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function statusOf(bot: Bot): object {
  const { standby, haltState, trouble, lastPollAt, lastTurn } = bot.status();
  return { standby, haltState, trouble, lastPollAt, market: lastTurn?.summary ?? null };
}

/** The account's fields for trading, without those that the service itself uses. */
function present(account: ServiceConfig['accounts'][number]): Omit<TradingAccount, 'principal' | 'operators'> {
  const { strategy, parameters, limits, targetWh } = account;
  return { strategy, parameters, limits: limits as TradingAccount['limits'] & object, targetWh };
}
