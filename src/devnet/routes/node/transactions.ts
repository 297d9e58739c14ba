import type { FastifyInstance } from 'fastify';
import type { Chain } from '../../chain.ts';
import { UndecodableTransaction } from '../../transaction.ts';
import { json, text } from './reply.ts';

const HEX = /^([0-9a-f]{2})*$/i;

export function transactionRoutes(server: FastifyInstance, chain: Chain): void {
  server.post('/v2/transactions', (request, reply) => {
    const raw = rawTransaction(request.body);
    if (raw === undefined) {
      const type = request.headers['content-type'];
      const problem = type === undefined ? 'missing Content-Type for transaction' : 'expected hex in "tx"';
      return text(reply, 400, `Failed to decode: Invalid request: ${problem}`);
    }
    try {
      const submission = chain.submit(raw);
      if (submission.kind !== 'rejected') return json(reply, 200, submission.txid);
      const { txid, rejection } = submission;
      return json(reply, 400, { error: 'transaction rejected', ...rejection, txid });
    } catch (error) {
      if (!(error instanceof UndecodableTransaction)) throw error;
      return text(reply, 400, `Failed to decode: Failed to deserialize posted transaction: ${error.message}`);
    }
  });

  server.get<{ Params: { txid: string } }>('/v2/transactions/unconfirmed/:txid', (request, reply) => {
    const pending = chain.mempool.get(request.params.txid.toLowerCase());
    if (pending === undefined) return text(reply, 404, `Transaction ${request.params.txid} not found`);
    return json(reply, 200, { tx: Buffer.from(pending.transaction.raw).toString('hex'), status: 'Mempool' });
  });

  server.get<{ Params: { txid: string } }>('/v3/transaction/:txid', (request, reply) => {
    const record = chain.explorer.transaction(request.params.txid.toLowerCase());
    if (record?.state !== 'mined') return text(reply, 404, `Transaction ${request.params.txid} not found`);
    return json(reply, 200, {
      index_block_hash: record.block.indexHash,
      tx: Buffer.from(record.head.raw).toString('hex'),
      result: record.receipt.result,
      block_height: record.block.height,
      is_canonical: true,
    });
  });

  server.post('/v2/fees/transaction', (request, reply) => {
    const { transaction_payload: payload, estimated_len: estimated } = (request.body ?? {}) as Record<string, unknown>;
    const bytes = typeof payload === 'string' ? hexBytes(payload.replace(/^0x/, '')) : undefined;
    if (bytes === undefined) return text(reply, 400, 'Failed to decode: expected hex in "transaction_payload"');
    const length = Math.max(typeof estimated === 'number' ? estimated : 0, bytes.length);
    // Blocks here are never full, and then the hosted API answers with the minimum as well: 1 µSTX a byte.
    const estimation = { fee: length, fee_rate: 1 };
    return json(reply, 200, {
      estimated_cost: { write_length: 0, write_count: 0, read_length: 0, read_count: 0, runtime: 0 },
      estimated_cost_scalar: length,
      estimations: [estimation, estimation, estimation],
      cost_scalar_change_by_byte: 1,
    });
  });

  server.get('/v2/fees/transfer', (_request, reply) => json(reply, 200, 1));
}

/** The bytes of a posted transaction: a body of octets, or `{tx}` in hex. */
export function rawTransaction(body: unknown): Uint8Array | undefined {
  if (Buffer.isBuffer(body)) return body;
  const tx = (body as { tx?: unknown } | null | undefined)?.tx;
  return typeof tx === 'string' ? hexBytes(tx) : undefined;
}

const hexBytes = (hex: string): Uint8Array | undefined => (HEX.test(hex) ? Buffer.from(hex, 'hex') : undefined);
