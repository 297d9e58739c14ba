import type { FastifyInstance } from 'fastify';
import type { Block } from '../../block.ts';
import type { MinedRecord } from '../../explorer.ts';
import { blockV2 } from '../../render/block.ts';
import { transactionV1 } from '../../render/transaction-v1.ts';
import { minedInList } from '../../render/transaction-v3.ts';
import type { ChainView } from '../../view.ts';
import { minedPage } from './mined-page.ts';
import { API_VERSION, badPage, bareHash, deprecated, failure, pageOffset, pageSize } from './reply.ts';

const BLOCKS = { usual: 20, most: 30 };
const TRANSACTIONS = { usual: 20, most: 50 };

interface PageQuery {
  readonly limit?: string;
  readonly offset?: string;
  readonly cursor?: string;
}

interface BlockParams {
  readonly block: string;
}

export function blockRoutes(server: FastifyInstance, chain: ChainView): void {
  const status = () => ({
    server_version: API_VERSION,
    status: 'ready',
    chain_tip: {
      block_height: chain.tip.height,
      block_hash: `0x${chain.tip.hash}`,
      index_block_hash: `0x${chain.tip.indexHash}`,
      burn_block_height: chain.bitcoin.height,
    },
  });
  server.get('/extended', status);
  server.get('/extended/v1/status', status);

  server.get<{ Querystring: PageQuery }>('/extended/v2/blocks', ({ query }, reply) => {
    const limit = pageSize(query.limit, BLOCKS);
    const offset = pageOffset(query.offset);
    if (limit === undefined || offset === undefined) return badPage(reply);
    const { explorer } = chain;
    const first = query.cursor === undefined ? chain.tip : explorer.blockBy(bareHash(query.cursor));
    if (first === undefined) return failure(reply, 404, 'Cursor not found');
    const top = first.height - offset;
    const results: Block[] = [];
    for (let height = top; height > top - limit; height -= 1) {
      const block = explorer.blockAt(height);
      if (block !== undefined) results.push(block);
    }
    const cursorAt = (height: number): string | null => {
      const block = explorer.blockAt(height);
      return block === undefined ? null : `0x${block.indexHash}`;
    };
    return reply.send({
      limit,
      offset,
      total: explorer.blockCount,
      next_cursor: cursorAt(top + limit),
      prev_cursor: cursorAt(top - limit),
      cursor: cursorAt(top),
      results: results.map((block) => blockV2(chain, block)),
    });
  });

  server.get<{ Params: BlockParams }>('/extended/v2/blocks/:block', ({ params }, reply) => {
    const block = findBlock(chain, params);
    return block === undefined ? failure(reply, 404, 'Block not found') : reply.send(blockV2(chain, block));
  });

  server.get<{ Params: BlockParams; Querystring: PageQuery }>(
    '/extended/v2/blocks/:block/transactions',
    ({ params, query }, reply) => {
      deprecated(reply, '/extended/v3/blocks/{height_or_hash}/transactions');
      const limit = pageSize(query.limit, TRANSACTIONS);
      const offset = pageOffset(query.offset);
      if (limit === undefined || offset === undefined) return badPage(reply);
      const block = findBlock(chain, params);
      if (block === undefined) return failure(reply, 404, 'Block not found');
      const results = recordsOf(chain, block)
        .slice(offset, offset + limit)
        .map((record) => transactionV1(chain, record, { limit: 0, offset: 0 }));
      return reply.send({ limit, offset, total: block.transactions.length, results });
    },
  );

  server.get<{ Params: BlockParams; Querystring: PageQuery }>(
    '/extended/v3/blocks/:block/transactions',
    ({ params, query }, reply) => {
      const block = findBlock(chain, params);
      if (block === undefined) return failure(reply, 404, 'Block not found');
      return minedPage(reply, recordsOf(chain, block), query, (record) => minedInList(chain, record));
    },
  );

  server.get<{ Querystring: PageQuery }>('/extended/v3/transactions', ({ query }, reply) =>
    minedPage(reply, chain.explorer.mined(), query, (record) => minedInList(chain, record)),
  );
}

function findBlock(chain: ChainView, { block }: BlockParams): Block | undefined {
  if (block === 'latest') return chain.tip;
  return /^\d{1,15}$/.test(block) ? chain.explorer.blockAt(Number(block)) : chain.explorer.blockBy(bareHash(block));
}

const recordsOf = (chain: ChainView, block: Block): MinedRecord[] =>
  block.transactions.flatMap(({ transaction }) => {
    const record = chain.explorer.transaction(transaction.txid);
    return record?.state === 'mined' ? [record] : [];
  });
