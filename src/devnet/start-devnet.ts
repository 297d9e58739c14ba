import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, TransientError } from '../core/index.ts';
import type { Chain } from './chain.ts';
import { lockFolder } from './folder-lock.ts';
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

/**
 * Starts an embedded chain and its server. One process runs one chain.
 *
 * @throws ConfigError for wrong options; TransientError for a taken port or a locked folder; CorruptionError for a damaged journal.
 */
export async function startDevnet(options: DevnetOptions, clock: Clock = wallClock): Promise<RunningDevnet> {
  const { dataFolder, host = '127.0.0.1', port = 0 } = options;
  let fail: (error: Error) => void = () => {};
  const unlock = dataFolder === undefined ? () => {} : lockFolder(dataFolder, (error) => fail(error));
  try {
    const chain = await openChain(options, clock);
    const adminToken = randomBytes(32).toString('hex');
    const tokenFile = dataFolder === undefined ? undefined : join(dataFolder, TOKEN_FILE);
    const miner = startMiner(chain, (error) => fail(error));
    const server = createServer({
      chain,
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

interface Miner {
  readonly setInterval: (intervalMs: number) => void;
}

/** Mines one block every interval, empty ones too, so that heights advance; 0 pauses. */
function startMiner(chain: Chain, onFailure: (error: Error) => void): Miner {
  let timer: NodeJS.Timeout | undefined;
  const mine = (): void => {
    try {
      chain.mine();
    } catch (error) {
      clearInterval(timer);
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    setInterval: (intervalMs) => {
      clearInterval(timer);
      timer = intervalMs === 0 ? undefined : setInterval(mine, intervalMs);
    },
  };
}

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
