import type { OperationResponse } from '@stacks/blockchain-api-client';
import { CorruptionError } from '../../core/index.ts';
import type { MinedRecord, TransactionRecord } from '../explorer.ts';
import { decodeTransaction, hexOf, type Transaction } from '../transaction.ts';
import type { ChainView } from '../view.ts';
import { parentOf } from './block.ts';
import { executionCost } from './costs.ts';
import { memoOf } from './events.ts';
import { postCondition } from './post-conditions.ts';
import { hexAndRepr, repr } from './repr.ts';

type Detailed = OperationResponse['/extended/v3/transactions/{tx_id}'];
type Listed = OperationResponse['/extended/v3/transactions']['results'][number];
type ListedOfPrincipal = OperationResponse['/extended/v3/principals/{principal}/transactions']['results'][number];
type Waiting = OperationResponse['/extended/v3/mempool/transactions']['results'][number];

export const INCLUDABLE = ['function_args', 'source_code', 'post_conditions', 'result'] as const;
export type Include = ReadonlySet<(typeof INCLUDABLE)[number]>;

/** A transaction as `/extended/v3/transactions/{id}` shows it; `result` and other bulky fields only when asked for. */
export function transactionV3(chain: ChainView, record: TransactionRecord, include: Include): Detailed {
  const transaction = decodeTransaction(record.head.raw);
  const conditions = include.has('post_conditions')
    ? { post_conditions: transaction.postConditions.map(postCondition) }
    : {};
  if (record.state !== 'mined') {
    return { ...pendingSummary(record, transaction), ...conditions, ...payloadV3(transaction, include) };
  }
  const parent = parentOf(chain, record.block);
  return {
    ...minedSummary(chain, record, transaction),
    parent_block: { hash: `0x${parent.hash}`, index_hash: `0x${parent.indexHash}` },
    ...conditions,
    event_count: record.receipt.events.length,
    execution_cost: executionCost,
    vm_error: record.receipt.vmError,
    ...(include.has('result') ? { result: hexAndRepr(record.receipt.result) } : {}),
    ...payloadV3(transaction, include),
  };
}

const NOTHING_MORE: Include = new Set();

/** A mined transaction as the v3 lists show it. */
export function minedInList(chain: ChainView, record: MinedRecord): Listed {
  const transaction = decodeTransaction(record.head.raw);
  return { ...minedSummary(chain, record, transaction), ...payloadV3(transaction, NOTHING_MORE) };
}

/** A mined transaction as a principal's own v3 list shows it, with what it did to the principal's STX. */
export function minedOfPrincipal(chain: ChainView, record: MinedRecord, principal: string): ListedOfPrincipal {
  const isSender = record.head.sender === principal;
  let sent = isSender ? record.head.fee : 0n;
  let received = 0n;
  const moved = { stx: isSender, ft: false, nft: false };
  for (const event of record.receipt.events) {
    if (event.kind === 'print' || (event.sender !== principal && event.recipient !== principal)) continue;
    moved[event.kind] = true;
    if (event.kind !== 'stx') continue;
    if (event.sender === principal) sent += event.amount;
    if (event.recipient === principal) received += event.amount;
  }
  return {
    transaction: minedInList(chain, record),
    involvement: isSender ? 'sender' : 'affected',
    balance_changes: {
      stx: { sent: sent.toString(), received: received.toString(), net: (received - sent).toString() },
    },
    affected_balances: moved,
  };
}

/** A waiting transaction as the v3 mempool lists show it. */
export function pendingInList(record: Exclude<TransactionRecord, MinedRecord>): Waiting {
  const transaction = decodeTransaction(record.head.raw);
  return { ...pendingSummary(record, transaction), ...payloadV3(transaction, NOTHING_MORE) };
}

const headV3 = ({ txid, sender, nonce, fee }: Transaction) => ({
  tx_id: `0x${txid}`,
  sender: { address: sender, nonce },
  sponsor: null,
  fee_rate: fee.toString(),
});

const minedSummary = (chain: ChainView, { block, index, receipt }: MinedRecord, transaction: Transaction) => ({
  ...headV3(transaction),
  block: {
    height: block.height,
    hash: `0x${block.hash}`,
    index_hash: `0x${block.indexHash}`,
    time: block.time,
    tx_index: index,
  },
  bitcoin_block: chain.bitcoin,
  status: receipt.status,
});

const pendingSummary = (record: Exclude<TransactionRecord, MinedRecord>, transaction: Transaction) => ({
  ...headV3(transaction),
  receipt_time: Math.floor(record.receivedAt / 1000),
  receipt_block_height: record.receivedHeight,
  status: record.state === 'pending' ? ('pending' as const) : record.reason,
  replaced_by_tx_id: record.state === 'dropped' && record.replacedBy !== null ? `0x${record.replacedBy}` : null,
});

function payloadV3({ payload, sender }: Transaction, include: Include) {
  switch (payload.kind) {
    case 'token_transfer':
      return {
        type: 'token_transfer' as const,
        token_transfer: {
          recipient: payload.recipient,
          amount: payload.amount.toString(),
          memo: memoOf(payload.memo),
        },
      };
    case 'smart_contract':
      return {
        type: 'smart_contract' as const,
        smart_contract: {
          contract_id: `${sender}.${payload.name}`,
          clarity_version: payload.clarityVersion ?? null,
          ...(include.has('source_code') ? { source_code: payload.source } : {}),
        },
      };
    case 'contract_call': {
      const function_args = payload.args.map((argument) => ({ hex: hexOf(argument), repr: repr(argument) }));
      return {
        type: 'contract_call' as const,
        contract_call: {
          contract_id: payload.contract,
          function_name: payload.functionName,
          ...(include.has('function_args') ? { function_args } : {}),
        },
      };
    }
    case 'unsupported':
      throw new CorruptionError(`expected an admitted transaction, was a ${payload.type}`);
  }
}
