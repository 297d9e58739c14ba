import { ConfigError, RejectedError, TransientError } from '../../core/index.ts';
import type { CancelRequest } from './cancel-request.ts';
import { readControlFile } from './control-file.ts';

export interface ControlClient {
  get(route: '/status' | '/reconcile' | '/healthz'): Promise<unknown>;
  post(route: '/halt' | '/reduce' | '/resume' | `/lanes/${string}/resume`): Promise<unknown>;
  post(route: '/cancel', wanted: CancelRequest): Promise<unknown>;
}

/**
 * Connects to the bot that runs on a data folder; null where none runs, also where a killed one left its file behind.
 */
export async function connectControl(folder: string): Promise<ControlClient | null> {
  const file = await readControlFile(folder);
  if (file === null || !isAlive(file.pid)) return null;
  const request = async (method: 'GET' | 'POST', route: string, content?: object): Promise<unknown> => {
    const response = await fetch(`${file.url}${route}`, {
      method,
      headers: {
        authorization: `Bearer ${file.token}`,
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
      signal: AbortSignal.timeout(60_000),
    }).catch((cause: unknown) => {
      throw new TransientError(`the bot at ${file.url} (process ${file.pid}) does not answer`, { cause });
    });
    const body: unknown = await response.json();
    if (response.ok || route === '/healthz') return body;
    const { error: message = `HTTP ${response.status}`, hints = [] } = body as { error?: string; hints?: string[] };
    if (response.status === 400) throw new ConfigError(message, { hints });
    throw new RejectedError(`the bot refused ${method} ${route}: ${message}`, { code: String(response.status) });
  };
  return {
    get: (route) => request('GET', route),
    post: (route: string, content?: CancelRequest) => request('POST', route, content),
  };
}

/** @throws ConfigError where no bot runs on the folder. */
export async function requireControl(folder: string): Promise<ControlClient> {
  const client = await connectControl(folder);
  if (client !== null) return client;
  throw new ConfigError(`no bot runs on the data folder ${folder}`, {
    hints: ['Start one with `wattmaker start` or `wattmaker run --config FILE`, or name its folder with --data.'],
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
