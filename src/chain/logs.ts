import { decodeEvent } from '../contract/index.ts';
import { CorruptionError, type Height, height, RejectedError, type TxId, txId } from '../core/index.ts';
import type { GridLogPage } from '../execution/ports/chain.ts';
import type { Connection } from './connection.ts';
import { bodyOf } from './indexer.ts';
import { contractLogs } from './schemas.ts';
import { ServerFailure } from './server-failure.ts';
import { type BlockHashes, fetchHeights, IDS_PER_REQUEST } from './transactions.ts';

/** The most rows that the indexer gives in a page. */
export const LOGS_PER_PAGE = 50;

const ROUTE = '/extended/v2/smart-contracts/{contract_id}/logs';

export interface LogsQuestion {
  readonly contractId: string;
  readonly cursor: string | null;
  readonly limit: number;
  readonly blockHashes: BlockHashes;
}

/**
 * One page of the contract's prints, newest first. The rows carry no height: where the page's cursors do not show that
 * all stand in one block, a second request asks for their transactions.
 */
export async function fetchLogs(connection: Connection, question: LogsQuestion): Promise<GridLogPage> {
  const { contractId, cursor, limit } = question;
  const answer = await connection.indexer.GET(ROUTE, {
    params: { path: { contract_id: contractId }, query: { limit, ...(cursor === null ? {} : { cursor }) } },
  });
  if (answer.response.status === 404 && cursor !== null) {
    throw new RejectedError(`the indexer knows no event at ${cursor}`, {
      code: 'unknown-cursor',
      hints: ['a reorg may have taken it back: read again from the newest event'],
    });
  }
  const page = bodyOf(answer, contractLogs, ROUTE);
  const rows = page.results.flatMap(({ tx_id, contract_log: log }) => {
    if (log.contract_id !== contractId) {
      throw new CorruptionError(`expected ${ROUTE} to list events of ${contractId}, was one of ${log.contract_id}`);
    }
    return log.topic === 'print' ? [{ txId: txId(tx_id), hex: log.value.hex }] : [];
  });
  const cursors = { newest: page.cursor, older: page.prev_cursor };
  const heights = await heightsOf(connection, { ids: rows.map((row) => row.txId), cursors, question });
  return {
    entries: rows.map((row) => ({ ...row, event: decodeEvent(row.hex), height: heights(row.txId) })),
    // Cursors include the row they name: the older page begins right below this one.
    olderCursor: page.prev_cursor,
  };
}

interface HeightsQuestion {
  readonly ids: readonly TxId[];
  readonly cursors: { readonly newest: string | null; readonly older: string | null };
  readonly question: LogsQuestion;
}

/** Rows lie between the page's cursor and that of the older page; where both name one block, so do all rows. */
async function heightsOf(
  connection: Connection,
  { ids, cursors, question: { blockHashes } }: HeightsQuestion,
): Promise<(id: TxId) => Height> {
  const distinct = [...new Set(ids)];
  const newest = heightOfCursor(cursors.newest);
  const inOneBlock = distinct.length <= 1 || newest === heightOfCursor(cursors.older);
  if (newest !== null && inOneBlock) return () => newest;
  const heights = new Map<TxId, Height>();
  for (let from = 0; from < distinct.length; from += IDS_PER_REQUEST) {
    const batch = distinct.slice(from, from + IDS_PER_REQUEST);
    for (const [id, at] of await fetchHeights(connection, { ids: batch, blockHashes })) heights.set(id, at);
  }
  return (id) => {
    const found = heights.get(id);
    if (found === undefined) {
      throw new ServerFailure(`${connection.server.url} took transaction ${id} back while its events were read`);
    }
    return found;
  };
}

/** A cursor is `height:microblock sequence:transaction index:event index`. */
function heightOfCursor(cursor: string | null): Height | null {
  const digits = cursor === null ? null : /^(\d+):/.exec(cursor);
  return digits === null ? null : height(Number(digits[1]));
}
