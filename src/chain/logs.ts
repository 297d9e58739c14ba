import { decodeEvent } from '../contract/index.ts';
import { CorruptionError, RejectedError, txId } from '../core/index.ts';
import type { GridLogPage } from '../execution/ports/chain.ts';
import type { Connection } from './connection.ts';
import { bodyOf } from './indexer.ts';
import { contractLogs } from './schemas.ts';

/** The most rows that the indexer gives in a page. */
export const LOGS_PER_PAGE = 50;

const ROUTE = '/extended/v2/smart-contracts/{contract_id}/logs';

export interface LogsQuestion {
  readonly contractId: string;
  readonly cursor: string | null;
  readonly limit: number;
}

/**
 * One page of the contract's prints, newest first. The rows carry no height, but the events do.
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
  return {
    entries: rows.map((row) => {
      const event = decodeEvent(row.hex);
      return { ...row, event, height: event.height };
    }),
    // Cursors include the row they name: the older page begins right below this one.
    olderCursor: page.prev_cursor,
  };
}
