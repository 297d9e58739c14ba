import type { OperationResponse } from '@stacks/blockchain-api-client';
import { CorruptionError } from '../../core/index.ts';
import type { MinedRecord, TransactionRecord } from '../explorer.ts';
import { decodeTransaction, hexOf, type Transaction } from '../transaction.ts';
import type { ChainView } from '../view.ts';
import { clarityTypeText } from '../vm/abi.ts';
import { iso, parentOf } from './block.ts';
import { flatExecutionCost } from './costs.ts';
import { eventV1 } from './events.ts';
import { postCondition, postConditionMode } from './post-conditions.ts';
import { hexAndRepr, repr } from './repr.ts';

type TransactionV1 = OperationResponse['/extended/v1/tx/{tx_id}'];

export interface EventPage {
  readonly limit: number;
  readonly offset: number;
}

/** A transaction as `/extended/v1/tx` shows it, mined or not. */
export function transactionV1(chain: ChainView, record: TransactionRecord, events: EventPage): TransactionV1 {
  const transaction = decodeTransaction(record.head.raw);
  const head = {
    tx_id: `0x${transaction.txid}`,
    nonce: transaction.nonce,
    fee_rate: transaction.fee.toString(),
    sender_address: transaction.sender,
    sponsored: false,
    post_condition_mode: postConditionMode(transaction.mode),
    post_conditions: transaction.postConditions.map(postCondition),
    anchor_mode: 'any' as const,
  };
  const payload = payloadV1(chain, transaction);
  switch (record.state) {
    case 'pending':
      return { ...head, ...waiting(record), tx_status: 'pending' as const, replaced_by_tx_id: null, ...payload };
    case 'dropped': {
      const replacedBy = record.replacedBy === null ? null : `0x${record.replacedBy}`;
      return { ...head, ...waiting(record), tx_status: record.reason, replaced_by_tx_id: replacedBy, ...payload };
    }
    case 'mined':
      return { ...head, ...minedV1(chain, record, events), ...payload };
  }
}

const waiting = ({ receivedAt }: TransactionRecord) => {
  const receipt_time = Math.floor(receivedAt / 1000);
  return { receipt_time, receipt_time_iso: iso(receipt_time) };
};

function minedV1(chain: ChainView, { block, index, receipt, head }: MinedRecord, { limit, offset }: EventPage) {
  const burn = chain.bitcoin;
  return {
    block_hash: `0x${block.hash}`,
    block_height: block.height,
    block_time: block.time,
    block_time_iso: iso(block.time),
    burn_block_time: burn.time,
    burn_block_time_iso: iso(burn.time),
    burn_block_height: burn.height,
    parent_burn_block_time: burn.time,
    parent_burn_block_time_iso: iso(burn.time),
    canonical: true,
    tx_index: index,
    tx_status: receipt.status,
    tx_result: hexAndRepr(receipt.result),
    event_count: receipt.events.length,
    parent_block_hash: `0x${parentOf(chain, block).hash}`,
    is_unanchored: false,
    microblock_hash: '',
    microblock_sequence: 2_147_483_647,
    microblock_canonical: true,
    ...flatExecutionCost,
    vm_error: receipt.vmError,
    events: receipt.events
      .map((event, eventIndex) => eventV1(event, eventIndex, head.txid))
      .slice(offset, offset + limit),
  };
}

function payloadV1(chain: ChainView, { payload, sender }: Transaction) {
  switch (payload.kind) {
    case 'token_transfer':
      return {
        tx_type: 'token_transfer' as const,
        token_transfer: {
          recipient_address: payload.recipient,
          amount: payload.amount.toString(),
          memo: `0x${payload.memo}`,
        },
      };
    case 'smart_contract':
      return {
        tx_type: 'smart_contract' as const,
        smart_contract: {
          clarity_version: payload.clarityVersion ?? null,
          contract_id: `${sender}.${payload.name}`,
          source_code: payload.source,
        },
      };
    case 'contract_call':
      return { tx_type: 'contract_call' as const, contract_call: contractCallV1(chain, payload) };
    case 'unsupported':
      throw new CorruptionError(`expected an admitted transaction, was a ${payload.type}`);
  }
}

function contractCallV1(chain: ChainView, payload: Extract<Transaction['payload'], { kind: 'contract_call' }>) {
  const abi = chain.contracts.get(payload.contract)?.abi.functions.find(({ name }) => name === payload.functionName);
  const parameters = abi?.args ?? [];
  const signature = parameters.map(({ name, type }) => ` (${name} ${clarityTypeText(type)})`).join('');
  return {
    contract_id: payload.contract,
    function_name: payload.functionName,
    function_signature: `(define-public (${payload.functionName}${signature}))`,
    function_args: payload.args.map((argument, index) => ({
      hex: hexOf(argument),
      repr: repr(argument),
      name: parameters[index]?.name ?? '',
      type: parameters[index] === undefined ? '' : clarityTypeText(parameters[index].type),
    })),
  };
}
