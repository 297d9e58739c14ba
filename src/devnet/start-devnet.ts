import { randomBytes } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, TransientError } from '../core/index.ts';
import { ChainFaults } from './faults/chain-faults.ts';
import { type FaultLine, Faults } from './faults/faults.ts';
import { Connections } from './faults/faulty-server.ts';
import { parsed } from './faults/parse.ts';
import { SCHEDULE } from './faults/schedule.ts';
import { lockFolder } from './folder-lock.ts';
import { Indexer } from './indexer.ts';
import { startMiner } from './miner.ts';
import { openChain } from './open-chain.ts';
import { DEFAULT_BLOCK_INTERVAL_MS, type DevnetOptions } from './options.ts';
import { createServer } from './server.ts';

/** An embedded chain that runs in this process. */
export interface RunningDevnet {
  readonly url: string;
  readonly adminToken: string;
  /** The file that holds the token, on a kept chain. */
  readonly tokenFile: string | undefined;
  /** Resolves when the chain has stopped, whoever asked for it; rejects when it had to. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

const TOKEN_FILE = 'admin-token';
const wallClock: Clock = { now: () => Date.now() };

export interface DevnetHooks {
  readonly clock?: Clock;
  /** Told of every fault that happens. */
  readonly onFault?: (line: FaultLine) => void;
}

/**
 * Starts an embedded chain and its server. One process runs one chain.
 *
 * @throws ConfigError for wrong options; TransientError for a taken port or a locked folder; CorruptionError for a damaged journal.
 */
export async function startDevnet(options: DevnetOptions, hooks: DevnetHooks = {}): Promise<RunningDevnet> {
  const { dataFolder, host = '127.0.0.1', port = 0 } = options;
  const { clock = wallClock, onFault = () => {} } = hooks;
  const schedule = options.faults === undefined ? undefined : parsed(SCHEDULE, options.faults, 'faults');
  let fail: (error: Error) => void = () => {};
  const unlock = dataFolder === undefined ? () => {} : lockFolder(dataFolder, (error) => fail(error));
  try {
    const chain = await openChain(options, clock);
    const adminToken = randomBytes(32).toString('hex');
    const tokenFile = dataFolder === undefined ? undefined : join(dataFolder, TOKEN_FILE);
    const faults: Faults = new Faults({
      view: () => chain.asOf(chain.tip.height - faults.lag),
      onLine: (line) => {
        onFault(line);
        if (options.faultLog !== undefined) writeLine(options.faultLog, { time: clock.now(), ...line });
      },
    });
    const connections = new Connections();
    const chainFaults = new ChainFaults({ chain, faults, cutConnections: () => connections.cut() });
    const miner = startMiner(
      () => chainFaults.passBlock(),
      (error) => fail(error),
    );
    const server = createServer({
      chain,
      indexer: new Indexer(chain, faults),
      faults,
      chainFaults,
      connections,
      token: adminToken,
      setInterval: miner.setInterval,
      stop: () => void stop(),
      fail: (error) => fail(error),
    });

    let settle: () => void = () => {};
    const stopped = new Promise<void>((resolve, reject) => {
      settle = resolve;
      fail = (error) => {
        reject(error);
        void stop();
      };
    });
    stopped.catch(() => {});
    const close = async (): Promise<void> => {
      miner.setInterval(0);
      await server.close();
      chain.close();
      if (tokenFile !== undefined) rmSync(tokenFile, { force: true });
      unlock();
      settle();
    };
    let closing: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      closing ??= close();
      return closing;
    };

    if (schedule !== undefined) faults.follow(schedule);
    const url = await listen(server, host, port);
    if (tokenFile !== undefined) {
      rmSync(tokenFile, { force: true });
      writeFileSync(tokenFile, `${adminToken}\n`, { mode: 0o600, flag: 'wx' });
    }
    miner.setInterval(options.blockIntervalMs ?? DEFAULT_BLOCK_INTERVAL_MS);
    return { url, adminToken, tokenFile, stopped, stop };
  } catch (error) {
    unlock();
    throw error;
  }
}

const writeLine = (file: string, line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

async function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
    const problem = code === 'EADDRINUSE' ? 'is taken' : 'cannot be used';
    throw new TransientError(`expected port ${port} on ${host} to be free, it ${problem}`, {
      cause: error,
      hints: ['Choose another one with --port, or 0 for any free one.'],
    });
  }
  const name = host.includes(':') ? `[${host}]` : host;
  const bound = server.addresses()[0];
  const actual = typeof bound === 'object' ? bound.port : port;
  return `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : name}:${actual}`;
}
