import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import fastify from 'fastify';
import { BaseError, ConfigError, type Principal, principal, type TxId } from '../../core/index.ts';
import type { HaltState } from '../../trading/index.ts';
import { readCancelRequest } from './cancel-request.ts';
import { removeControlFile, writeControlFile } from './control-file.ts';

/** What the endpoint can ask of a bot. */
export interface ControlTarget {
  /** Whether the bot does its work: the reason it does not, or null. */
  unhealthy(): string | null;
  status(): Promise<object>;
  reconcile(): Promise<object>;
  setHaltState(state: HaltState): Promise<void>;
  /** One lane, or all. */
  resumeLanes(lane?: Principal): Promise<void>;
  cancel(wanted: readonly TxId[] | 'all'): Promise<object>;
  metrics(): Promise<string>;
}

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

const verbs = { halt: 'halted', reduce: 'reducing', resume: 'active' } as const;

/**
 * Serves a running bot's control endpoint. `/healthz` answers anyone; all else needs the token, which stands with the
 * URL in a file that only the bot's user can read. On loopback a foreign Host header is refused, so that a web page
 * cannot reach the endpoint by rebinding a name.
 *
 * @throws ConfigError when the port is taken.
 */
export async function startControlServer(
  target: ControlTarget,
  options: { readonly host: string; readonly port: number; readonly folder: string },
): Promise<ControlServer> {
  const { host, port, folder } = options;
  const token = randomBytes(32).toString('hex');
  const server = fastify({ logger: false, forceCloseConnections: true });

  server.addHook('onRequest', async (request, reply) => {
    if (isLoopback(host) && !isLoopback(hostName(request.headers.host))) {
      return reply.code(403).send({ error: `expected a loopback Host header, was "${request.headers.host ?? ''}"` });
    }
    if (request.url === '/healthz') return;
    if (!sameSecret(request.headers.authorization ?? '', `Bearer ${token}`)) {
      return reply.code(401).send({ error: 'expected the token of the control file as bearer token' });
    }
  });
  server.setErrorHandler((error, _request, reply) =>
    reply
      .code(error instanceof ConfigError ? 400 : 500)
      .send(error instanceof BaseError ? { error: error.message, hints: error.hints } : { error: 'internal error' }),
  );

  server.get('/healthz', async (_request, reply) => {
    const reason = target.unhealthy();
    return reply.code(reason === null ? 200 : 503).send(reason === null ? { ok: true } : { ok: false, reason });
  });
  server.get('/status', () => target.status());
  server.get('/reconcile', () => target.reconcile());
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(await target.metrics()),
  );
  for (const [verb, state] of Object.entries(verbs)) {
    server.post(`/${verb}`, async () => {
      await target.setHaltState(state);
      if (state === 'active') await target.resumeLanes();
      return { state };
    });
  }
  server.post<{ Params: { lane: string } }>('/lanes/:lane/resume', async ({ params: { lane } }) => {
    await target.resumeLanes(principal(lane));
    return { lane };
  });

  server.post('/cancel', ({ body }) => target.cancel(readCancelRequest(body)));

  const url = await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new ConfigError(`the control port ${port} on ${host} is taken`, {
      hints: ['Set control.port to another port, or to 0 for any free one.'],
    });
  });
  await writeControlFile(folder, { url, token, pid: process.pid });
  return {
    url,
    close: async () => {
      await removeControlFile(folder);
      await server.close();
    },
  };
}

const isLoopback = (name: string): boolean => /^(127(\.\d+){3}|localhost|::1|\[::1\])$/.test(name);
const hostName = (header = ''): string => header.replace(/:\d+$/, '');

/** Compares in constant time; hashing first makes the lengths equal. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
