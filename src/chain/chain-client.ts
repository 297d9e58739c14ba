import { serializeCV } from '@stacks/transactions';
import { CorruptionError, FatalError, height, microStx, RejectedError, TransientError, txId } from '../core/index.ts';
import type { ChainIdentity, ChainPort, TransactionStatus } from '../execution/ports/chain.ts';
import { oneLine } from './answer.ts';
import { type AskDeps, ask } from './ask.ts';
import { broadcast } from './broadcast.ts';
import type { Connection } from './connection.ts';
import { fetchBlock, fetchPendingNonces } from './indexer.ts';
import { fetchLogs, LOGS_PER_PAGE } from './logs.ts';
import { type NetworkName, parseContractId, requireNetwork } from './network.ts';
import {
  callReadOnly,
  fetchAccount,
  fetchContractSource,
  fetchFeePerByte,
  fetchInfo,
  indexBlockHashOf,
} from './node-rpc.ts';
import { parseServers } from './server.ts';
import { type BlockHashes, fetchTransactions, IDS_PER_REQUEST } from './transactions.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export interface ChainClientOptions extends TransportOptions {
  /** Base URLs of APIs that serve one chain, most preferred first; the others take over when it fails. */
  readonly urls: readonly string[];
  /** `ADDRESS.energy-grid` */
  readonly contractId: string;
  readonly network: NetworkName;
}

export interface ChainClient extends ChainPort {
  /** Ends the requests under way; later ones fail with TransientError. */
  close(): void;
}

/**
 * The chain over HTTP: the node's own routes (`/v2`) and the indexer's (`/extended`) behind the same base URLs. The
 * indexer may lag behind the node: `tip` and `read` speak of the node, `logs`, `transactions`, `blockHashAt` and
 * `pendingNonces` of the indexer.
 *
 * Before a server is used for the first time, and again after it failed, one request checks that it serves the
 * configured network and the same chain as before.
 *
 * @throws ConfigError for URLs or a contract id that cannot be.
 */
export function createChainClient(options: ChainClientOptions): ChainClient {
  const contract = parseContractId(options.contractId, options.network);
  const transport = createTransport(options);
  const blockHashes: BlockHashes = new Map();
  let known: ChainIdentity | null = null;

  async function verify(connection: Connection): Promise<void> {
    const info = await fetchInfo(connection);
    requireNetwork(info, { url: connection.server.url, network: options.network });
    known ??= { chainId: info.network_id, genesis: info.genesis_chainstate_hash };
    if (info.genesis_chainstate_hash === known.genesis) return;
    throw new FatalError(
      `expected ${connection.server.url} to serve the chain with genesis ${known.genesis}, was ${info.genesis_chainstate_hash}`,
      { hints: ['all URLs must serve one chain; an embedded chain that was begun anew is another one'] },
    );
  }

  const deps: AskDeps = { servers: parseServers(options.urls), transport, options, verify };
  const question = <T>(answer: (connection: Connection) => Promise<T>): Promise<T> => ask(deps, answer);

  return {
    identity: () =>
      question(async () => {
        if (known === null) throw new CorruptionError('expected a server to be verified before it is used');
        return known;
      }),
    tip: async () => {
      const info = await question(fetchInfo);
      return { height: height(info.stacks_tip_height), indexBlockHash: indexBlockHashOf(info) };
    },
    account: async (address, { tip = null } = {}) => {
      const state = await question((connection) => fetchAccount(connection, address, tip));
      if (state === null) throw unknownTip(tip);
      return { nonce: state.nonce, balance: microStx(state.balance) };
    },
    pendingNonces: (address) => question((connection) => fetchPendingNonces(connection, address)),
    read: async (read, { tip } = {}) => {
      const args = read.functionArgs.map((value) => serializeCV(value));
      const { functionName } = read;
      const answer = await question((connection) =>
        callReadOnly(connection, { ...contract, functionName, args, tip: tip ?? null }),
      );
      switch (answer.kind) {
        case 'answer':
          return read.decode(answer.resultHex);
        case 'unknownTip':
          throw unknownTip(tip);
        case 'refused':
          throw new RejectedError(`${functionName} of ${options.contractId} was refused: ${oneLine(answer.cause)}`, {
            code: 'call-refused',
            hints: [`check that ${options.contractId} is deployed and is this version of the contract`],
          });
      }
    },
    contractSource: () => question((connection) => fetchContractSource(connection, contract)),
    broadcast: (txHex) => broadcast(deps, txHex),
    transactions: async (ids) => {
      const distinct = [...new Set(ids.map(txId))];
      const statuses = new Map<(typeof distinct)[number], TransactionStatus>();
      for (let from = 0; from < distinct.length; from += IDS_PER_REQUEST) {
        const batch = distinct.slice(from, from + IDS_PER_REQUEST);
        const found = await question((connection) => fetchTransactions(connection, { ids: batch, blockHashes }));
        for (const [id, status] of found) statuses.set(id, status);
      }
      return statuses;
    },
    logs: ({ cursor, limit } = {}) =>
      question((connection) =>
        fetchLogs(connection, {
          contractId: options.contractId,
          cursor: cursor ?? null,
          limit: Math.min(limit ?? LOGS_PER_PAGE, LOGS_PER_PAGE),
        }),
      ),
    blockHashAt: async (at) => (await question((connection) => fetchBlock(connection, at)))?.index_block_hash ?? null,
    feeRate: () => question(fetchFeePerByte),
    requestCount: transport.requestCount,
    close: transport.close,
  };
}

const unknownTip = (tip: string | null | undefined): TransientError =>
  new TransientError(`the node does not know block ${tip}`, {
    hints: ['it lags behind, or a reorg took the block back: read again at the latest tip'],
  });
