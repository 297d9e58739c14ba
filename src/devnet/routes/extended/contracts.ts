import type { FastifyInstance } from 'fastify';
import type { LogEntry } from '../../explorer.ts';
import { eventV1 } from '../../render/events.ts';
import type { ChainView } from '../../view.ts';
import { comparePlaces, cursorText, findRow, pageDown, parseCursor } from './pages.ts';
import { badPage, deprecated, failure, pageOffset, pageSize } from './reply.ts';

const LOGS = { usual: 20, most: 50 };

interface ContractParams {
  readonly contract: string;
}

const render = ({ event, eventIndex, record }: LogEntry) => eventV1(event, eventIndex, record.head.txid);
const placeOf = ({ record, eventIndex }: LogEntry): readonly number[] => [
  record.block.height,
  record.index,
  eventIndex,
];
const cursorOf = (entry: LogEntry | undefined): string | null =>
  entry === undefined ? null : cursorText(...placeOf(entry));

export function contractRoutes(server: FastifyInstance, chain: ChainView): void {
  server.get<{ Params: ContractParams; Querystring: { limit?: string; offset?: string; cursor?: string } }>(
    '/extended/v2/smart-contracts/:contract/logs',
    ({ params, query }, reply) => {
      const limit = pageSize(query.limit, LOGS);
      const offset = pageOffset(query.offset);
      if (limit === undefined || offset === undefined) return badPage(reply);
      const logs = chain.explorer.logsOf(params.contract);
      let start = logs.length - 1;
      if (query.cursor !== undefined) {
        const place = parseCursor(query.cursor, 3);
        start = place === undefined ? -1 : findRow(logs, (entry) => comparePlaces(placeOf(entry), place));
        if (start === -1) return failure(reply, 404, 'Cursor not found');
      }
      const page = pageDown(logs, start - offset, limit);
      return reply.send({
        limit,
        offset,
        total: logs.length,
        next_cursor: cursorOf(page.newer),
        prev_cursor: cursorOf(page.older),
        cursor: cursorOf(page.current),
        results: page.results.map(render),
      });
    },
  );

  server.get<{ Params: ContractParams; Querystring: { limit?: string; offset?: string } }>(
    '/extended/v1/contract/:contract/events',
    ({ params, query }, reply) => {
      deprecated(reply, '/extended/v2/smart-contracts/{contract_id}/logs');
      const limit = pageSize(query.limit, LOGS);
      const offset = pageOffset(query.offset);
      if (limit === undefined || offset === undefined) return badPage(reply);
      const logs = chain.explorer.logsOf(params.contract);
      const { results } = pageDown(logs, logs.length - 1 - offset, limit);
      return reply.send({ limit, offset, results: results.map(render) });
    },
  );

  server.get<{ Querystring: { contract_id?: string | string[] } }>(
    '/extended/v2/smart-contracts/status',
    ({ query }, reply) => {
      const ids = [query.contract_id ?? []].flat().flatMap((text) => text.split(','));
      if (ids.length === 0) return failure(reply, 400, "querystring must have required property 'contract_id'");
      return reply.send(Object.fromEntries(ids.map((id) => [id, statusOf(chain, id)])));
    },
  );

  server.get<{ Params: ContractParams }>('/extended/v1/contract/:contract', ({ params }, reply) => {
    const contract = chain.contracts.get(params.contract);
    if (contract === undefined) return failure(reply, 404, 'cannot find contract by ID');
    return reply.send({
      tx_id: `0x${contract.txid}`,
      canonical: true,
      contract_id: contract.id,
      block_height: contract.height,
      clarity_version: Number(contract.abi.clarity_version.replace('Clarity', '')),
      source_code: contract.source,
      abi: JSON.stringify(contract.abi),
    });
  });
}

/** The newest deployment of `id` there is: mined ones of any outcome, then waiting ones. */
function statusOf(chain: ChainView, id: string) {
  const [deployer = ''] = id.split('.');
  const found = (status: string, txid: string, height?: number) => ({
    found: true,
    result: { contract_id: id, status, tx_id: `0x${txid}`, ...(height === undefined ? {} : { block_height: height }) },
  });
  const contract = chain.contracts.get(id);
  if (contract !== undefined) return found('success', contract.txid, contract.height);
  for (const nonce of chain.mempool.noncesOf(deployer)) {
    const pending = chain.mempool.at(deployer, nonce);
    const payload = pending?.transaction.payload;
    if (pending !== undefined && payload?.kind === 'smart_contract' && `${deployer}.${payload.name}` === id) {
      return found('pending', pending.transaction.txid);
    }
  }
  const failed = chain.explorer.minedOf(id).at(-1);
  if (failed !== undefined) return found(failed.receipt.status, failed.head.txid, failed.block.height);
  return { found: false };
}
