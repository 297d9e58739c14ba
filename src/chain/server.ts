import { ConfigError } from '../core/index.ts';
import type { ServerFailure } from './server-failure.ts';

/** One base URL and what is known of it. */
export interface Server {
  /** Without credentials and without a trailing slash: fit for requests and for messages. */
  readonly url: string;
  /** Credentials of the configured URL as a header, kept out of every message. */
  readonly authorization: string | null;
  /** Routes that this server was found not to have. */
  readonly missingRoutes: Set<string>;
  /** It was seen to serve the configured chain since it last failed. */
  verified: boolean;
  /** After a failure it is tried last until then; milliseconds since the Unix epoch. */
  restsUntil: number;
  /** It asked not to be called before then. */
  pausedUntil: number;
}

/**
 * Parses base URLs, most preferred first.
 *
 * @throws ConfigError for an empty list or for what is no HTTP URL; credentials are never quoted.
 */
export function parseServers(urls: readonly string[]): readonly Server[] {
  if (urls.length === 0) {
    throw new ConfigError('expected at least one URL of a Stacks node or API, was an empty list');
  }
  return urls.map(parseServer);
}

function parseServer(text: string, index: number): Server {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError(`expected URL ${index + 1} of the chain to begin with http:// or https://`);
  }
  const { username, password } = url;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    authorization: credentials === ':' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
    missingRoutes: new Set(),
    verified: false,
    restsUntil: 0,
    pausedUntil: 0,
  };
}

/** The servers that may be called now: healthy ones in the configured order, then those that failed, longest ago first. */
export function callable(servers: readonly Server[], now: number): readonly Server[] {
  const free = servers.filter((server) => server.pausedUntil <= now);
  const rest = (server: Server): number => (server.restsUntil > now ? server.restsUntil : 0);
  return free.sort((a, b) => rest(a) - rest(b));
}

/**
 * Notes a failure. A server that asked for a pause gets it and counts as healthy afterwards; any other rests, and is
 * checked anew before it is used again.
 */
export function putAside(server: Server, failure: ServerFailure, until: { now: number; restMs: number }): void {
  if (failure.retryAfterMs !== undefined) {
    server.pausedUntil = until.now + failure.retryAfterMs;
    return;
  }
  server.verified = false;
  server.restsUntil = until.now + until.restMs;
}
