import type { Chain } from '../chain.ts';
import type { MinedRecord, TransactionRecord } from '../explorer.ts';
import { decodeTransaction, hexOf, type Transaction } from '../transaction.ts';
import { bitcoinBlock, parentOf } from './block.ts';
import { executionCost } from './costs.ts';
import { memoOf } from './events.ts';
import { postCondition } from './post-conditions.ts';
import { hexAndRepr, repr } from './repr.ts';

export const INCLUDABLE = ['function_args', 'source_code', 'post_conditions', 'result'] as const;
export type Include = ReadonlySet<(typeof INCLUDABLE)[number]>;

/** A transaction as `/extended/v3/transactions/{id}` shows it; `result` and other bulky fields only when asked for. */
export function transactionV3(chain: Chain, record: TransactionRecord, include: Include) {
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
export function minedInList(chain: Chain, record: MinedRecord) {
  const transaction = decodeTransaction(record.head.raw);
  return { ...minedSummary(chain, record, transaction), ...payloadV3(transaction, NOTHING_MORE) };
}

/** A waiting transaction as the v3 mempool lists show it. */
export function pendingInList(record: Exclude<TransactionRecord, MinedRecord>) {
  const transaction = decodeTransaction(record.head.raw);
  return { ...pendingSummary(record, transaction), ...payloadV3(transaction, NOTHING_MORE) };
}

const headV3 = ({ txid, sender, nonce, fee }: Transaction) => ({
  tx_id: `0x${txid}`,
  sender: { address: sender, nonce },
  sponsor: null,
  fee_rate: fee.toString(),
});

const minedSummary = (chain: Chain, { block, index, receipt }: MinedRecord, transaction: Transaction) => ({
  ...headV3(transaction),
  block: {
    height: block.height,
    hash: `0x${block.hash}`,
    index_hash: `0x${block.indexHash}`,
    time: block.time,
    tx_index: index,
  },
  bitcoin_block: bitcoinBlock(chain),
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
      return { type: payload.type };
  }
}
