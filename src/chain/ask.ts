import { type BaseError, TransientError } from '../core/index.ts';
import { type Connection, connect } from './connection.ts';
import { callable, putAside, type Server } from './server.ts';
import { ServerFailure } from './server-failure.ts';
import type { Transport, TransportOptions } from './transport.ts';

/** Backoff before try n: uniform in [0, min(BACKOFF_CAP_MS, BACKOFF_MS × 2ⁿ)), "full jitter". */
const BACKOFF_MS = 250;
const BACKOFF_CAP_MS = 5_000;

export interface AskDeps {
  readonly servers: readonly Server[];
  readonly transport: Transport;
  readonly options: TransportOptions;
  /** Checks that the server serves the configured chain; called before the first use of a server, and after a failure. */
  readonly verify: (connection: Connection) => Promise<void>;
}

export interface AskLimits {
  readonly deadlineMs: number;
  readonly totalMs: number;
  readonly retries: number;
  readonly restMs: number;
}

export const limitsOf = (options: TransportOptions): AskLimits => ({
  deadlineMs: options.deadlineMs ?? 10_000,
  totalMs: options.totalMs ?? 30_000,
  retries: options.retries ?? 4,
  restMs: options.restMs ?? 30_000,
});

/**
 * Puts a question that may be asked any number of times: server after server, then, after a pause, all over again.
 *
 * @throws TransientError when no server gave a usable answer in time; whatever else `question` throws passes through.
 */
export async function ask<T>(deps: AskDeps, question: (connection: Connection) => Promise<T>): Promise<T> {
  const { clock, random } = deps.options;
  const limits = limitsOf(deps.options);
  const endsAt = clock.now() + limits.totalMs;
  const failures: ServerFailure[] = [];
  for (let round = 0; ; round += 1) {
    for (const server of callable(deps.servers, clock.now())) {
      if (clock.now() >= endsAt) break;
      const answer = await askServer(deps, { server, endsAt }, question);
      if (answer.kind === 'answer') return answer.value;
      failures.push(answer.failure);
    }
    const ceiling = Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** round);
    const pause = Math.max(Math.floor(random.fraction() * ceiling), pauseLeft(deps.servers, clock.now()));
    if (round >= limits.retries || clock.now() + pause >= endsAt) throw noAnswer(deps, failures);
    await deps.transport.wait(pause);
  }
}

type ServerAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'failure'; readonly failure: ServerFailure };

/** Puts a question to one server and notes how it fared. */
export async function askServer<T>(
  deps: AskDeps,
  { server, endsAt }: { readonly server: Server; readonly endsAt: number },
  question: (connection: Connection) => Promise<T>,
): Promise<ServerAnswer<T>> {
  const { clock } = deps.options;
  const { deadlineMs, restMs } = limitsOf(deps.options);
  const timeoutMs = () => Math.max(1, Math.min(deadlineMs, endsAt - clock.now()));
  const connection = connect(deps.transport, server, timeoutMs);
  try {
    if (!server.verified) await deps.verify(connection);
    server.verified = true;
    const value = await question(connection);
    server.restsUntil = 0;
    return { kind: 'answer', value };
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    putAside(server, error, { now: clock.now(), restMs });
    return { kind: 'failure', failure: error };
  }
}

/** Milliseconds until a server may be called again; 0 when one may be now. */
function pauseLeft(servers: readonly Server[], now: number): number {
  return Math.max(0, Math.min(...servers.map((server) => server.pausedUntil - now)));
}

/** What to throw, or to report, when `failures` are all there is. */
export function noAnswer({ servers, options }: AskDeps, failures: readonly BaseError[]): TransientError {
  const pause = pauseLeft(servers, options.clock.now());
  const said = [...new Set(failures.map((failure) => failure.message))];
  const names = servers.map((server) => server.url).join(', ');
  const message = said.length === 0 ? `${names} asked not to be called for ${pause} ms` : said.join('; ');
  return new TransientError(`no server of the chain gave a usable answer: ${message}`, {
    cause: failures.at(-1),
    ...(pause === 0 ? {} : { retryAfterMs: pause }),
    hints: [`check that ${names} can be reached and that its quota is not used up`],
  });
}
