import type { FastifyInstance } from 'fastify';
import type { TransactionRecord } from '../../explorer.ts';
import type { PendingTransaction } from '../../mempool.ts';
import { transactionV1 } from '../../render/transaction-v1.ts';
import { pendingInList } from '../../render/transaction-v3.ts';
import type { ChainView } from '../../view.ts';
import { pageDown } from './pages.ts';
import { badPage, deprecated, failure, pageOffset, pageSize } from './reply.ts';

const TRANSACTIONS = { usual: 20, most: 50 };

interface MempoolQuery {
  readonly limit?: string;
  readonly offset?: string;
  readonly sender_address?: string;
  readonly recipient_address?: string;
  readonly address?: string;
  readonly order_by?: 'fee' | 'size' | 'age';
  readonly order?: 'asc' | 'desc';
}

export function mempoolRoutes(server: FastifyInstance, chain: ChainView): void {
  server.get<{ Querystring: MempoolQuery }>('/extended/v1/tx/mempool', ({ query }, reply) => {
    deprecated(reply, '/extended/v3/mempool/transactions');
    const limit = pageSize(query.limit, TRANSACTIONS);
    const offset = pageOffset(query.offset);
    if (limit === undefined || offset === undefined) return badPage(reply);
    const matching = chain.mempool.all().filter((pending) => matches(pending, query));
    const sorted = matching.sort((a, b) => sortKey(b, query) - sortKey(a, query));
    if (query.order === 'asc') sorted.reverse();
    const results = sorted
      .slice(offset, offset + limit)
      .map((pending) => transactionV1(chain, recordOf(pending), { limit: 0, offset: 0 }));
    return reply.send({ limit, offset, total: matching.length, results });
  });

  server.get<{ Querystring: { limit?: string; cursor?: string } }>(
    '/extended/v3/mempool/transactions',
    ({ query }, reply) => {
      const page = mempoolPage(chain.mempool.all(), query);
      if (page === 'bad page') return badPage(reply);
      return page === 'bad cursor' ? failure(reply, 404, 'Cursor not found') : reply.send(page);
    },
  );

  server.get<{ Params: { principal: string }; Querystring: { limit?: string; cursor?: string } }>(
    '/extended/v3/principals/:principal/mempool/transactions',
    ({ params, query }, reply) => {
      const involved = chain.mempool.all().filter((pending) => matches(pending, { address: params.principal }));
      const page = mempoolPage(involved, query);
      if (page === 'bad page') return badPage(reply);
      return page === 'bad cursor' ? failure(reply, 404, 'Cursor not found') : reply.send(page);
    },
  );

  server.get('/extended/v2/mempool/fees', (_request, reply) => {
    const pending = chain.mempool.all();
    const kinds = ['token_transfer', 'contract_call', 'smart_contract'] as const;
    const byKind = kinds.flatMap((kind) => {
      const some = pending.filter(({ transaction }) => transaction.payload.kind === kind);
      return some.length === 0 ? [] : [[kind, priorities(some)] as const];
    });
    return reply.send({ all: priorities(pending), ...Object.fromEntries(byKind) });
  });
}

const recordOf = ({ transaction: head, receivedAt, receivedHeight }: PendingTransaction) =>
  ({ state: 'pending', head, receivedAt, receivedHeight }) satisfies TransactionRecord;

function matches({ transaction }: PendingTransaction, query: MempoolQuery): boolean {
  const { payload, sender } = transaction;
  const recipient =
    payload.kind === 'token_transfer'
      ? payload.recipient
      : payload.kind === 'contract_call'
        ? payload.contract
        : undefined;
  if (query.sender_address !== undefined && sender !== query.sender_address) return false;
  if (query.recipient_address !== undefined && recipient !== query.recipient_address) return false;
  return query.address === undefined || sender === query.address || recipient === query.address;
}

function sortKey({ transaction, receivedAt }: PendingTransaction, { order_by }: MempoolQuery): number {
  if (order_by === 'fee') return Number(transaction.fee);
  return order_by === 'size' ? transaction.raw.length : receivedAt;
}

const cursorOf = (pending: PendingTransaction | undefined): string | null =>
  pending === undefined ? null : `${Math.floor(pending.receivedAt / 1000)}:0x${pending.transaction.txid}`;

function mempoolPage(pending: readonly PendingTransaction[], query: { limit?: string; cursor?: string }) {
  const limit = pageSize(query.limit, TRANSACTIONS);
  if (limit === undefined) return 'bad page';
  const start =
    query.cursor === undefined
      ? pending.length - 1
      : pending.findIndex((candidate) => cursorOf(candidate) === query.cursor);
  if (start === -1 && query.cursor !== undefined) return 'bad cursor';
  const page = pageDown(pending, start, limit);
  const cursor = { next: cursorOf(page.older), previous: cursorOf(page.newer), current: cursorOf(page.current) };
  const results = page.results.map((item) => pendingInList(recordOf(item)));
  return { total: pending.length, limit, cursor, results };
}

/** Percentiles 25, 50, 75 and 95 of the total fees that now wait, in µSTX. */
function priorities(pending: readonly PendingTransaction[]) {
  const fees = pending.map(({ transaction }) => Number(transaction.fee)).sort((a, b) => a - b);
  const percentile = (share: number): number => fees[Math.ceil(share * fees.length) - 1] ?? 0;
  return {
    no_priority: percentile(0.25),
    low_priority: percentile(0.5),
    medium_priority: percentile(0.75),
    high_priority: percentile(0.95),
  };
}
