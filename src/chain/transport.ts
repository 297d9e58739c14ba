import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Random } from '../core/index.ts';
import { pauseAskedFor } from './rate-limit.ts';
import type { Server } from './server.ts';
import { ServerFailure } from './server-failure.ts';

export interface TransportOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent as `x-api-key`. */
  readonly apiKey?: string;
  /** How long one request may take, its body included, in milliseconds. @default 10000 */
  readonly deadlineMs?: number;
  /** How long a question with all its retries may take. @default 30000 */
  readonly totalMs?: number;
  /** How often all servers are tried again before a question fails. @default 4 */
  readonly retries?: number;
  /** How long a server that failed is tried after all others. @default 30000 */
  readonly restMs?: number;
  /** Waits between tries; ends early, by throwing, when `signal` fires. @default a timer */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Makes single HTTP requests; no retries. */
export interface Transport {
  /**
   * Sends `request` to `server` and reads the whole answer. Answers of any status but 3xx, 408, 429 and 5xx (501 is an
   * answer: the server lacks the route) are handed back.
   *
   * @throws ServerFailure for everything else.
   */
  exchange(server: Server, request: Request, limits: { readonly timeoutMs: number }): Promise<Response>;
  /** @throws ServerFailure when the transport is closed before or meanwhile. */
  wait(milliseconds: number): Promise<void>;
  requestCount(): number;
  /** Ends what is under way and refuses what comes. */
  close(): void;
}

export function createTransport(options: TransportOptions): Transport {
  const { clock, apiKey, fetch = globalThis.fetch } = options;
  const wait = options.wait ?? ((milliseconds, signal) => delay(milliseconds, undefined, { signal }));
  const underWay = new Set<AbortController>();
  let closed = false;
  let count = 0;

  async function abortable<T>(run: (signal: AbortSignal) => Promise<T>, timeoutMs: number | null): Promise<T> {
    const controller = new AbortController();
    const timer = timeoutMs === null ? null : setTimeout(() => controller.abort(TIMED_OUT), timeoutMs);
    underWay.add(controller);
    if (closed) controller.abort(CLOSED);
    try {
      return await run(controller.signal);
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      if (timer !== null) clearTimeout(timer);
      underWay.delete(controller);
    }
  }

  return {
    exchange: async (server, request, { timeoutMs }) => {
      if (apiKey !== undefined) request.headers.set('x-api-key', apiKey);
      if (server.authorization !== null) request.headers.set('authorization', server.authorization);
      const what = nameOf(request);
      count += 1;
      let response: Response;
      let body: string;
      try {
        // A redirect is not followed: it would carry the API key to another host.
        [response, body] = await abortable(async (signal) => {
          const received = await fetch(request, { signal, redirect: 'manual' });
          return [received, await received.text()];
        }, timeoutMs);
      } catch (error) {
        throw connectionFailure(error, what, timeoutMs);
      }
      if (isUnusable(response.status)) throw statusFailure(response, what, clock.now());
      const contentType = response.headers.get('content-type');
      return new Response(body === '' ? null : body, {
        status: response.status,
        ...(contentType === null ? {} : { headers: { 'content-type': contentType } }),
      });
    },
    wait: async (milliseconds) => {
      try {
        await abortable((signal) => wait(milliseconds, signal), null);
      } catch (error) {
        throw new ServerFailure('the chain client was closed', { cause: error, nothingSent: true });
      }
    },
    requestCount: () => count,
    close: () => {
      closed = true;
      for (const controller of underWay) controller.abort(CLOSED);
    },
  };
}

const TIMED_OUT = new Error('timed out');
const CLOSED = new Error('the chain client was closed');

/** `METHOD URL` without the query: what a message calls a request. */
export const nameOf = (request: Request): string => `${request.method} ${request.url.split('?')[0]}`;

const isUnusable = (status: number): boolean =>
  (status >= 300 && status < 400) || status === 408 || status === 429 || (status >= 500 && status !== 501);

function statusFailure(response: Response, what: string, now: number): ServerFailure {
  const asked = response.status === 429 || (response.status === 503 && response.headers.has('retry-after'));
  return new ServerFailure(`${what} was answered with status ${response.status}`, {
    ...(asked ? { retryAfterMs: pauseAskedFor(response.headers, now) } : {}),
  });
}

function connectionFailure(error: unknown, what: string, timeoutMs: number): ServerFailure {
  if (error === TIMED_OUT) return new ServerFailure(`${what} had no answer within ${timeoutMs} ms`);
  if (error === CLOSED) return new ServerFailure('the chain client was closed', { nothingSent: true });
  const codes = errorCodes(error);
  return new ServerFailure(`${what} failed: ${codes.length === 0 ? 'connection lost' : codes.join(', ')}`, {
    cause: error,
    nothingSent: codes.length > 0 && codes.every((code) => NEVER_CONNECTED.has(code)),
  });
}

/** Codes of failures before a connection stands, so that nothing of the request was sent. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The codes of the failures that an error of `fetch` wraps, in `cause` and, for several addresses of a host, `errors`. */
function errorCodes(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError) return [...new Set(error.errors.flatMap(errorCodes))];
  if ('code' in error && typeof error.code === 'string') return [error.code];
  return errorCodes(error.cause);
}
