import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConfigError } from '../../core/index.ts';
import type { Chain } from '../chain.ts';
import type { ChainFaults } from '../faults/chain-faults.ts';
import type { Faults } from '../faults/faults.ts';
import { sha512t256 } from '../hashing.ts';
import { checkedMint } from '../open-chain.ts';
import { faultRoutes } from './faults.ts';

/** What the admin routes may do to the running server. */
export interface AdminDeps {
  readonly chain: Chain;
  readonly faults: Faults;
  readonly chainFaults: ChainFaults;
  readonly token: string;
  readonly setInterval: (intervalMs: number) => void;
  readonly stop: () => void;
  /** Stops it because its state can no longer be trusted. */
  readonly fail: (error: Error) => void;
}

const MAX_BLOCKS = 100_000;
const MAX_INTERVAL_MS = 2 ** 31 - 1;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

const refused = (reply: FastifyReply, statusCode: 400 | 401 | 403, error: string, message: string): FastifyReply =>
  reply.code(statusCode).send({ statusCode, error, message });

export function adminRoutes(server: FastifyInstance, deps: AdminDeps): void {
  const { chain, faults, chainFaults, token, setInterval, stop } = deps;
  server.addHook('onRequest', async (request, reply) => {
    if (!isOwnHost(request)) {
      return refused(
        reply,
        403,
        'Forbidden',
        `admin routes answer on a loopback host name only, was "${request.headers.host}"`,
      );
    }
    if (!bearsToken(request, token)) {
      return refused(reply, 401, 'Unauthorized', 'admin routes need the header "Authorization: Bearer <token>"');
    }
  });

  server.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof ConfigError)) throw error;
    return refused(reply, 400, 'Bad Request', error.message);
  });

  server.post<{ Body: { blocks?: unknown } | null }>('/mine', ({ body }, reply) => {
    const blocks = body?.blocks ?? 1;
    if (!isInteger(blocks, 1, MAX_BLOCKS))
      return refused(reply, 400, 'Bad Request', `blocks: expected 1 to ${MAX_BLOCKS}`);
    const transactions: string[] = [];
    let missed = 0;
    for (let left = blocks; left > 0; ) {
      const passed = chainFaults.passBlock();
      for (const block of passed.mined)
        transactions.push(...block.transactions.map((one) => `0x${one.transaction.txid}`));
      missed += passed.missed ? 1 : 0;
      left -= passed.missed ? 1 : passed.mined.length;
    }
    const { height, indexHash } = chain.tip;
    return reply.send({ height, index_block_hash: `0x${indexHash}`, transactions, missed });
  });

  server.post<{ Body: { address?: unknown; amount?: unknown } | null }>('/mint', ({ body }, reply) => {
    const address = String(body?.address ?? '');
    chain.mint(address, checkedMint(address, String(body?.amount ?? '')));
    return reply.send({ address, balance: chain.accounts.get(address).balance.toString() });
  });

  server.post<{ Body: { intervalMs?: unknown } | null }>('/mining', ({ body }, reply) => {
    const intervalMs = body?.intervalMs;
    if (!isInteger(intervalMs, 0, MAX_INTERVAL_MS)) {
      return refused(reply, 400, 'Bad Request', `intervalMs: expected 0 to ${MAX_INTERVAL_MS}`);
    }
    setInterval(intervalMs);
    return reply.send({ intervalMs });
  });

  server.post('/stop', (_request, reply) => {
    reply.raw.on('finish', stop);
    return reply.send({ stopping: true });
  });

  faultRoutes(server, { chain, faults, chainFaults });
}

const isInteger = (value: unknown, low: number, high: number): value is number =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

/** A page of another origin can make a browser ask us under its own name (DNS rebinding), but not under ours. */
function isOwnHost({ headers, socket }: FastifyRequest): boolean {
  const [, name, port] = /^(.*?)(?::(\d+))?$/.exec(headers.host ?? '') ?? [];
  return LOOPBACK.has((name ?? '').toLowerCase()) && Number(port ?? 80) === socket.localPort;
}

/** Compared as hashes, so that neither content nor length shows in the time it takes. */
function bearsToken({ headers }: FastifyRequest, token: string): boolean {
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(Buffer.from(sha512t256(given)), Buffer.from(sha512t256(token)));
}
