import type { FastifyReply } from 'fastify';
import type { MinedRecord } from '../../explorer.ts';
import { comparePlaces, cursorText, findRow, pageDown, parseCursor } from './pages.ts';
import { badPage, failure, pageSize } from './reply.ts';

const LIMITS = { usual: 20, most: 50 };

const placeOf = ({ block, index }: MinedRecord): readonly number[] => [block.height, index];
const cursorOf = (record: MinedRecord | undefined): string | null =>
  record === undefined ? null : cursorText(...placeOf(record));

/** Answers with a page of mined transactions, newest first; in v3 `next` is the older page. */
export function minedPage(
  reply: FastifyReply,
  records: readonly MinedRecord[],
  query: { readonly limit?: string; readonly cursor?: string },
  render: (record: MinedRecord) => object,
): FastifyReply {
  const limit = pageSize(query.limit, LIMITS);
  if (limit === undefined) return badPage(reply);
  let start = records.length - 1;
  if (query.cursor !== undefined) {
    const place = parseCursor(query.cursor, 2);
    start = place === undefined ? -1 : findRow(records, (record) => comparePlaces(placeOf(record), place));
    if (start === -1) return failure(reply, 404, 'Cursor not found');
  }
  const page = pageDown(records, start, limit);
  const cursor = { next: cursorOf(page.older), previous: cursorOf(page.newer), current: cursorOf(page.current) };
  return reply.send({ total: records.length, limit, cursor, results: page.results.map(render) });
}
