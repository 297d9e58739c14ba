import { height, microStx, type TxId, txId } from '../core/index.ts';
import type { TransactionStatus } from '../execution/ports/chain.ts';
import type { Connection } from './connection.ts';
import { bodyOf, fetchBlock, isMissing } from './indexer.ts';
import { type TransactionV1, transactionsV1, transactionV1, transactionV3 } from './schemas.ts';
import { ServerFailure } from './server-failure.ts';

/** As many ids as one request asks for. */
export const IDS_PER_REQUEST = 50;

const MULTIPLE = '/extended/v1/tx/multiple';
const SINGLE_V3 = '/extended/v3/transactions/{tx_id}';
const SINGLE_V1 = '/extended/v1/tx/{tx_id}';

/** Index block hashes by block hash. A block hash names one block for good, so an entry never goes stale. */
export type BlockHashes = Map<string, string>;
const MOST_BLOCK_HASHES = 1_000;

/** The state of up to IDS_PER_REQUEST transactions: one request, and one more for each block not seen before. */
export async function fetchTransactions(
  connection: Connection,
  { ids, blockHashes }: { readonly ids: readonly TxId[]; readonly blockHashes: BlockHashes },
): Promise<ReadonlyMap<TxId, TransactionStatus>> {
  const statuses = new Map<TxId, TransactionStatus>(ids.map((id) => [id, { kind: 'absent' }]));
  const found = await fetchMultiple(connection, ids);
  for (const id of ids) {
    if (found === null) statuses.set(id, await fetchOne(connection, { id, blockHashes }));
    const transaction = found?.get(id);
    if (transaction !== undefined) statuses.set(id, await statusOf(connection, { transaction, blockHashes }));
  }
  return statuses;
}

/** Transactions by id as the v1 routes show them, without those it does not know; null where the route is missing. */
async function fetchMultiple(
  { indexer, server }: Connection,
  ids: readonly TxId[],
): Promise<ReadonlyMap<TxId, TransactionV1> | null> {
  if (server.missingRoutes.has(MULTIPLE)) return null;
  const answer = await indexer.GET(MULTIPLE, {
    params: { query: { tx_id: ids.map((id) => `0x${id}`), event_limit: 0, exclude_function_args: true } },
  });
  if (isMissing(answer.response)) {
    server.missingRoutes.add(MULTIPLE);
    return null;
  }
  const entries = Object.entries(bodyOf(answer, transactionsV1, MULTIPLE));
  return new Map(entries.flatMap(([id, entry]) => (entry.found ? [[txId(id), entry.result]] : [])));
}

/** A 404 may mean an unknown transaction as well as an unknown route, so the older route is asked too. */
async function fetchOne(
  connection: Connection,
  { id, blockHashes }: { readonly id: TxId; readonly blockHashes: BlockHashes },
): Promise<TransactionStatus> {
  const { indexer, server } = connection;
  if (!server.missingRoutes.has(SINGLE_V3)) {
    const answer = await indexer.GET(SINGLE_V3, {
      params: { path: { tx_id: `0x${id}` }, query: { include: ['result'] } },
    });
    if (!isMissing(answer.response)) return statusOfV3(bodyOf(answer, transactionV3, SINGLE_V3));
    if (answer.response.status !== 404) server.missingRoutes.add(SINGLE_V3);
  }
  const answer = await indexer.GET(SINGLE_V1, { params: { path: { tx_id: `0x${id}` }, query: { event_limit: 0 } } });
  if (isMissing(answer.response)) return { kind: 'absent' };
  return statusOf(connection, { transaction: bodyOf(answer, transactionV1, SINGLE_V1), blockHashes });
}

function statusOfV3(transaction: (typeof transactionV3)['_output']): TransactionStatus {
  if ('block' in transaction) {
    return {
      kind: 'mined',
      status: transaction.status,
      height: height(transaction.block.height),
      indexBlockHash: transaction.block.index_hash,
      resultHex: transaction.result.hex,
      fee: microStx(transaction.fee_rate),
    };
  }
  return transaction.status === 'pending' ? { kind: 'mempool' } : { kind: 'dropped', status: transaction.status };
}

async function statusOf(
  connection: Connection,
  { transaction, blockHashes }: { readonly transaction: TransactionV1; readonly blockHashes: BlockHashes },
): Promise<TransactionStatus> {
  if (!('block_height' in transaction)) {
    const { tx_status: status } = transaction;
    return status === 'pending' ? { kind: 'mempool' } : { kind: 'dropped', status };
  }
  // The indexer still shows the block that a reorg took it from.
  if (!transaction.canonical) return { kind: 'dropped', status: 'orphaned' };
  return {
    kind: 'mined',
    status: transaction.tx_status,
    height: height(transaction.block_height),
    indexBlockHash: await indexBlockHash(connection, { transaction, blockHashes }),
    resultHex: transaction.tx_result.hex,
    fee: microStx(transaction.fee_rate),
  };
}

/** The v1 routes name the block by its hash alone; the block itself is asked for its index block hash. */
async function indexBlockHash(
  connection: Connection,
  {
    transaction,
    blockHashes,
  }: { readonly transaction: { block_height: number; block_hash: string }; readonly blockHashes: BlockHashes },
): Promise<string> {
  const { block_hash: hash, block_height: at } = transaction;
  const known = blockHashes.get(hash);
  if (known !== undefined) return known;
  const block = await fetchBlock(connection, at);
  if (block === null || block.hash !== hash) {
    throw new ServerFailure(`${connection.server.url} moved to another block ${at} while it was read`);
  }
  const oldest = blockHashes.keys().next().value;
  if (blockHashes.size >= MOST_BLOCK_HASHES && oldest !== undefined) blockHashes.delete(oldest);
  blockHashes.set(hash, block.index_block_hash);
  return block.index_block_hash;
}
