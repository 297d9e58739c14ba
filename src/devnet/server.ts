import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { FatalError } from '../core/index.ts';
import type { Chain } from './chain.ts';
import { dialectOf } from './dialect.ts';
import { type Connections, createFaultyServer } from './faults/faulty-server.ts';
import type { Indexer } from './indexer.ts';
import { MAX_BODY_BYTES } from './network.ts';
import { type AdminDeps, adminRoutes } from './routes/admin.ts';
import { blockRoutes } from './routes/extended/blocks.ts';
import { contractRoutes as indexedContractRoutes } from './routes/extended/contracts.ts';
import { mempoolRoutes } from './routes/extended/mempool.ts';
import { principalRoutes } from './routes/extended/principals.ts';
import { API_VERSION } from './routes/extended/reply.ts';
import { transactionRoutes as indexedTransactionRoutes } from './routes/extended/transactions.ts';
import { contractRoutes } from './routes/node/contracts.ts';
import { infoRoutes } from './routes/node/info.ts';
import { transactionRoutes } from './routes/node/transactions.ts';
import type { ChainView } from './view.ts';

/** Contract ids are longer than the router's usual limit for one part of a path. */
const MAX_PARAMETER_LENGTH = 500;

export interface ServerDeps extends AdminDeps {
  readonly indexer: Indexer;
  readonly connections: Connections;
}

/** Node RPC (`/v2`, `/v3`), indexer API (`/extended`) and admin routes in one server. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const { chain, faults, indexer, connections, fail } = deps;
  const closing = new AbortController();
  const server: FastifyInstance = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    serverFactory: (listener) => {
      const faulty = { faults, chain, connections, fastify: () => server, closing: closing.signal, fail };
      return createFaultyServer(listener, faulty);
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
  });
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    parseJson(String(body), done);
  });

  server.addHook('onRequest', async (request, reply) => {
    reply.header('Access-Control-Allow-Origin', '*');
    if (isNodePath(request.url)) reply.header('X-Canonical-Stacks-Tip-Height', chain.tip.height);
    else reply.header('X-API-Version', API_VERSION).header('Cache-Control', 'no-store');
  });
  server.setErrorHandler((error: FastifyError | FatalError, request, reply) => {
    const statusCode = ('statusCode' in error ? error.statusCode : undefined) ?? 500;
    if (error instanceof FatalError) reply.raw.on('finish', () => fail(error));
    if (isNodePath(request.url)) {
      const status = statusCode === 415 ? 400 : statusCode;
      return reply.code(status).type('text/plain; charset=utf-8').send(`Failed to decode: ${error.message}`);
    }
    return reply.code(statusCode).send({ statusCode, error: error.name, message: error.message });
  });
  server.setNotFoundHandler((request, reply) => {
    const message = `Route ${request.method}:${request.url} not found`;
    if (isNodePath(request.url)) return reply.code(404).type('text/plain; charset=utf-8').send(message);
    return reply.code(404).send({ statusCode: 404, error: 'Not Found', message });
  });

  server.addHook('preClose', async () => closing.abort());
  registerNode(server, chain);
  registerIndexer(server, indexer);
  server.register(async (scope) => adminRoutes(scope, deps), { prefix: '/admin' });
  return server;
}

function registerNode(server: FastifyInstance, chain: Chain): void {
  infoRoutes(server, chain);
  transactionRoutes(server, chain);
  contractRoutes(server, chain);
}

function registerIndexer(server: FastifyInstance, chain: ChainView): void {
  blockRoutes(server, chain);
  indexedTransactionRoutes(server, chain);
  indexedContractRoutes(server, chain);
  principalRoutes(server, chain);
  mempoolRoutes(server, chain);
}

const isNodePath = (url: string): boolean => dialectOf(url) === 'node';

/** As Fastify does it, but a bare string or no body at all is fine: the node takes both. */
function parseJson(body: string, done: (error: Error | null, value?: unknown) => void): void {
  try {
    done(null, body === '' ? null : JSON.parse(body));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    done(Object.assign(new Error(`Failed to parse JSON body: ${message}`), { statusCode: 400 }));
  }
}
