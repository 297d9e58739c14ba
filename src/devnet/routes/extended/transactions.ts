import type { FastifyInstance } from 'fastify';
import { eventV3 } from '../../render/events.ts';
import { transactionV1 } from '../../render/transaction-v1.ts';
import { INCLUDABLE, type Include, transactionV3 } from '../../render/transaction-v3.ts';
import type { ChainView } from '../../view.ts';
import { badPage, bareHash, deprecated, failure, pageOffset, pageSize } from './reply.ts';

const TXID = /^(0x)?[0-9a-f]{64}$/i;
const EVENTS = { usual: 100, most: 100 };

interface EventQuery {
  readonly event_limit?: string;
  readonly event_offset?: string;
}

export function transactionRoutes(server: FastifyInstance, chain: ChainView): void {
  server.get<{ Querystring: EventQuery & { tx_id?: string | string[] } }>(
    '/extended/v1/tx/multiple',
    ({ query }, reply) => {
      const limit = pageSize(query.event_limit, EVENTS);
      const offset = pageOffset(query.event_offset);
      if (limit === undefined || offset === undefined) return badPage(reply);
      const ids = [query.tx_id ?? []].flat().flatMap((text) => text.split(','));
      const wrong = ids.find((id) => !TXID.test(id));
      if (wrong !== undefined || ids.length === 0) {
        return failure(reply, 400, `querystring/tx_id: expected transaction ids, was "${wrong ?? ''}"`);
      }
      const found = ids.map((id) => {
        const record = chain.explorer.transaction(bareHash(id));
        const tx_id = `0x${bareHash(id)}`;
        if (record === undefined) return [tx_id, { found: false, result: { tx_id } }] as const;
        return [tx_id, { found: true, result: transactionV1(chain, record, { limit, offset }) }] as const;
      });
      return reply.send(Object.fromEntries(found));
    },
  );

  server.get<{ Params: { txid: string }; Querystring: EventQuery }>(
    '/extended/v1/tx/:txid',
    ({ params, query }, reply) => {
      const { txid } = params;
      deprecated(reply, '/extended/v3/transactions/{tx_id}');
      if (!TXID.test(txid)) return failure(reply, 400, 'params/tx_id must match pattern "^(0x)?[a-fA-F0-9]{64}$"');
      if (!txid.startsWith('0x')) return reply.redirect(`/extended/v1/tx/0x${txid}`, 302);
      const limit = pageSize(query.event_limit, EVENTS);
      const offset = pageOffset(query.event_offset);
      if (limit === undefined || offset === undefined) return badPage(reply);
      const record = chain.explorer.transaction(bareHash(txid));
      if (record === undefined) return failure(reply, 404, 'could not find transaction by ID');
      return reply.send(transactionV1(chain, record, { limit, offset }));
    },
  );

  server.get<{ Params: { txid: string }; Querystring: { include?: string | string[] } }>(
    '/extended/v3/transactions/:txid',
    ({ params, query }, reply) => {
      const include = includeOf(query.include);
      if (include === undefined) return failure(reply, 400, 'querystring/include must be one of the known fields');
      const record = chain.explorer.transaction(bareHash(params.txid));
      if (record === undefined) return failure(reply, 404, 'Transaction not found');
      return reply.send(transactionV3(chain, record, include));
    },
  );

  server.get<{ Params: { txid: string }; Querystring: { limit?: string; cursor?: string } }>(
    '/extended/v3/transactions/:txid/events',
    ({ params, query }, reply) => {
      const limit = pageSize(query.limit, { usual: 20, most: 100 });
      if (limit === undefined) return badPage(reply);
      const record = chain.explorer.transaction(bareHash(params.txid));
      if (record === undefined) return failure(reply, 404, 'Transaction not found');
      const events = record.state === 'mined' ? record.receipt.events : [];
      const start = pageOffset(query.cursor);
      if (start === undefined || start > Math.max(events.length - 1, 0)) return failure(reply, 404, 'Cursor not found');
      const results = events.map(eventV3).slice(start, start + limit);
      const next = start + limit < events.length ? String(start + limit) : null;
      const previous = start > 0 ? String(Math.max(start - limit, 0)) : null;
      const current = results.length === 0 ? null : String(start);
      return reply.send({ total: events.length, limit, cursor: { next, previous, current }, results });
    },
  );
}

function includeOf(query: string | string[] | undefined): Include | undefined {
  const names = [query ?? []].flat().flatMap((text) => text.split(','));
  const known = INCLUDABLE.filter((name) => names.includes(name));
  return names.every((name) => (INCLUDABLE as readonly string[]).includes(name)) ? new Set(known) : undefined;
}
