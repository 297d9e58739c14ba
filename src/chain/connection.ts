import { createClient } from '@stacks/blockchain-api-client';
import type { Server } from './server.ts';
import { ServerFailure } from './server-failure.ts';
import { nameOf, type Transport } from './transport.ts';

/** One server for the length of one question: every request through it has the same deadline and the same failures. */
export interface Connection {
  readonly server: Server;
  /** The indexer's typed routes. */
  readonly indexer: ReturnType<typeof createClient>;
  /** Sends a request of the node's own routes; `path` begins with `/v2`. */
  send(path: string, init?: RequestInit): Promise<Response>;
}

/** `timeoutMs` is asked before each request, so that a question as a whole stays within its time. */
export function connect(transport: Transport, server: Server, timeoutMs: () => number): Connection {
  const exchange = (request: Request) => transport.exchange(server, request, { timeoutMs: timeoutMs() });
  return {
    server,
    indexer: createClient({
      baseUrl: server.url,
      querySerializer: { array: { style: 'form', explode: false } },
      fetch: async (request) => {
        const response = await exchange(request);
        if (response.ok) await jsonOf(response.clone(), nameOf(request));
        return response;
      },
    }),
    send: (path, init) => exchange(new Request(`${server.url}${path}`, init)),
  };
}

/**
 * The body as JSON.
 *
 * @throws ServerFailure when it is none, as when a gateway answers in place of the server.
 */
export async function jsonOf(response: Response, what: string): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ServerFailure(`${what} was answered with what is no JSON`, { cause: error });
  }
}
