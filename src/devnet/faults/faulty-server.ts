import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Chain } from '../chain.ts';
import { dialectOf } from '../dialect.ts';
import type { Faults } from './faults.ts';
import { type Asked, matches } from './pattern.ts';
import { type Encounter, type PerformDeps, perform } from './perform.ts';
import type { Reply } from './replies.ts';

export interface FaultyServerDeps {
  readonly faults: Faults;
  readonly chain: Chain;
  /** The server whose requests these are; asked only once there are any. */
  readonly fastify: () => FastifyInstance;
  readonly connections: Connections;
  /** Ends the waits of late replies. */
  readonly closing: AbortSignal;
  readonly fail: (error: Error) => void;
}

/** The open connections, and what was last asked over each. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #admin = new WeakSet<Socket>();

  opened(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  used(socket: Socket, forAdmin: boolean): void {
    if (forAdmin) this.#admin.add(socket);
    else this.#admin.delete(socket);
  }

  /** Cuts all but those that an admin route was last asked over. */
  cut(): void {
    for (const socket of this.#open) if (!this.#admin.has(socket)) socket.resetAndDestroy();
  }
}

/** Fastify's own default. */
const KEEP_ALIVE_MS = 72_000;

/** A reply that waits for others to go first. */
interface Held {
  readonly pattern: string;
  left: number;
  readonly release: () => void;
}

/** Headers that belong to a connection, or that are made anew for every reply. */
const OWN_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']);

/** Node's HTTP server before `listener`: while no fault can strike, requests go straight through. */
export function createFaultyServer(listener: RequestListener, deps: FaultyServerDeps): Server {
  const { faults, closing, connections } = deps;
  const held = new Set<Held>();

  const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal: closing, ref: false });
  const othersFirst: PerformDeps['othersFirst'] = async (pattern, count, maxMs) => {
    let release = (): void => {};
    const gone = new Promise<void>((resolve) => {
      release = resolve;
    });
    const one: Held = { pattern, left: count, release };
    held.add(one);
    await Promise.race([gone, wait(maxMs)]);
    held.delete(one);
  };
  const performing: PerformDeps = {
    chain: deps.chain,
    handle: (encounter) => handle(deps.fastify(), encounter),
    wait,
    othersFirst,
  };

  const oneReplied = (asked: Asked, waiting: readonly Held[]): void => {
    for (const one of waiting) {
      if (!matches(one.pattern, asked)) continue;
      one.left -= 1;
      if (one.left === 0) one.release();
    }
  };

  const server = createServer((request, response) => {
    const isAdmin = dialectOf(request.url ?? '/') === 'admin';
    connections.used(request.socket, isAdmin);
    if (isAdmin || (!faults.armed && held.size === 0)) return listener(request, response);
    const asked = askedBy(request);
    const waiting = [...held];
    if (waiting.length > 0) response.once('close', () => oneReplied(asked, waiting));
    const fault = faults.request(asked);
    if (fault === undefined) return listener(request, response);
    bodyOf(request)
      .then((body) => perform(performing, fault, { asked, request, response, body }))
      .catch((error: Error) => {
        response.destroy();
        if (!closing.aborted && request.errored === null) deps.fail(error);
      });
  });
  server.on('connection', (socket) => connections.opened(socket));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  return server;
}

const askedBy = ({ method = 'GET', url = '/' }: IncomingMessage): Asked => ({ method, path: url.split('?')[0] ?? '/' });

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function handle(fastify: FastifyInstance, { request, body }: Encounter): Promise<Reply> {
  const { statusCode, headers, rawPayload } = await fastify.inject({
    method: request.method as 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    payload: body,
  });
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name));
  return { status: statusCode, headers: Object.fromEntries(kept.map(([k, v]) => [k, String(v)])), body: rawPayload };
}
