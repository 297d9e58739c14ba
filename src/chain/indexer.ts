import type { ZodType } from 'zod';
import { checked, refusal } from './answer.ts';
import type { Connection } from './connection.ts';
import { block, noncesV1, noncesV3 } from './schemas.ts';

/** What the typed client hands back, as far as it is used here: bodies are checked, whatever their type says. */
interface ClientAnswer {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/** @throws CorruptionError for another shape; RejectedError or ConfigError for a status that says no. */
export function bodyOf<T>({ data, error, response }: ClientAnswer, schema: ZodType<T>, route: string): T {
  if (response.ok) return checked(schema, data, route);
  throw refusal(response.status, route, saidBy(error));
}

const saidBy = (error: unknown): string => (typeof error === 'string' ? error : JSON.stringify(error));

/** The server has no such route, or has switched it off. */
export const isMissing = (response: Response): boolean => [404, 410, 501].includes(response.status);

/**
 * Nonces of the account's pending transactions. The highest stands apart from the rest in both forms of the answer.
 */
export async function fetchPendingNonces(connection: Connection, principal: string): Promise<readonly number[]> {
  const route = '/extended/v3/principals/{principal}/nonces';
  const { indexer, server } = connection;
  if (!server.missingRoutes.has(route)) {
    const answer = await indexer.GET(route, { params: { path: { principal } } });
    if (!isMissing(answer.response)) {
      const { mempool } = bodyOf(answer, noncesV3, route);
      return ascending(mempool.pending_nonces, mempool.last_nonce);
    }
    server.missingRoutes.add(route);
  }
  const older = '/extended/v1/address/{principal}/nonces';
  const answer = await indexer.GET(older, { params: { path: { principal } } });
  const nonces = bodyOf(answer, noncesV1, older);
  return ascending(nonces.detected_mempool_nonces, nonces.last_mempool_tx_nonce);
}

const ascending = (nonces: readonly number[], last: number | null): readonly number[] =>
  [...new Set(last === null ? nonces : [...nonces, last])].sort((a, b) => a - b);

/** The block at `height` on the indexer's canonical chain, or null where it has none. */
export async function fetchBlock({ indexer }: Connection, height: number) {
  const route = '/extended/v2/blocks/{height_or_hash}';
  const answer = await indexer.GET(route, { params: { path: { height_or_hash: height } } });
  if (answer.response.status === 404) return null;
  const found = bodyOf(answer, block, route);
  return found.canonical && found.height === height ? found : null;
}
