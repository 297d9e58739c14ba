import type { Selectable } from 'kysely';
import {
  CorruptionError,
  height,
  microStx,
  price,
  principal,
  sequence,
  tradeId,
  txId,
  unreachable,
  wh,
} from '../../core/index.ts';
import type { EntryResult, Fill, IntentRecord, IntentState, Listing } from '../../execution/ports/ledger-records.ts';
import type { Attempt, Attempts, Inclusion, Transaction, TransactionState } from '../../execution/ports/transaction.ts';
import { callFromJson } from './call-json.ts';
import type { AttemptTable, FillTable, IntentTable, ListingTable, ResultTable, TransactionTable } from './schema.ts';

type Planned = IntentRecord['planned'];

/** An int8 of whatever shape the driver gave it. @throws CorruptionError beyond the safe integers. */
export function integer(value: string | number | bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new CorruptionError(`expected a safe integer in the ledger, was ${value}`);
  return number;
}

function present<T>(value: T | null, column: string): T {
  if (value === null) throw new CorruptionError(`expected "${column}" in a row of the ledger, was null`);
  return value;
}

export function plannedFromRow(row: Selectable<IntentTable>): Planned {
  return {
    id: row.id,
    account: principal(row.account),
    operator: principal(row.operator),
    strategy: row.strategy,
    turn: integer(row.turn),
    height: height(integer(row.height)),
    intent: intentFromRow(row),
  };
}

function intentFromRow(row: Selectable<IntentTable>): Planned['intent'] {
  const amount = wh(BigInt(row.amount));
  const { reason } = row;
  switch (row.kind) {
    case 'buy': {
      const offer = tradeId(BigInt(present(row.trade_id, 'trade_id')));
      return { kind: 'buy', tradeId: offer, amount, maxPrice: price(BigInt(present(row.price, 'price'))), reason };
    }
    case 'list': {
      const openUntil = height(BigInt(present(row.open_until, 'open_until')));
      return { kind: 'list', amount, price: price(BigInt(present(row.price, 'price'))), openUntil, reason };
    }
    case 'cancel':
      return { kind: 'cancel', tradeId: tradeId(BigInt(present(row.trade_id, 'trade_id'))), amount, reason };
    default:
      throw new CorruptionError(`expected a known kind of intent in the ledger, was "${row.kind}"`);
  }
}

export function intentRecordFromRow(row: Selectable<IntentTable>): IntentRecord {
  return {
    planned: plannedFromRow(row),
    state: row.state as IntentState,
    transactionId: row.transaction_id === null ? null : integer(row.transaction_id),
  };
}

export function attemptFromRow(row: Selectable<AttemptTable>): Attempt {
  return {
    txId: txId(row.tx_id),
    hex: row.hex,
    sha256: row.sha256,
    fee: microStx(BigInt(row.fee)),
    noop: row.noop,
    createdAt: integer(row.created_at),
  };
}

/** @throws CorruptionError when the row lacks what its state must have. */
export function transactionFromRow(
  row: Selectable<TransactionTable>,
  attemptList: readonly Attempt[],
  intentIds: readonly string[],
): Transaction {
  const claim = {
    id: integer(row.id),
    lane: principal(row.lane),
    nonce: integer(row.nonce),
    call: callFromJson(row.call),
    intentIds,
    claimedAt: integer(row.claimed_at),
  };
  const state = row.state as TransactionState;
  if (state === 'claimed') return { ...claim, state };
  const [first, ...rest] = attemptList;
  if (first === undefined) throw new CorruptionError(`expected transaction ${claim.id} (${state}) to have an attempt`);
  const attempts: Attempts = [first, ...rest];
  switch (state) {
    case 'signed':
    case 'queued':
    case 'broadcast':
    case 'mempool':
    case 'superseded':
      return { ...claim, state, attempts };
    case 'included':
      return { ...claim, state, attempts, inclusion: inclusionFromRow(row), settled: row.settled };
    case 'final':
    case 'reverted':
    case 'cancelled':
      return { ...claim, state, attempts, inclusion: inclusionFromRow(row) };
    default:
      return unreachable(state, 'state of a transaction');
  }
}

function inclusionFromRow(row: Selectable<TransactionTable>): Inclusion {
  return {
    txId: txId(present(row.included_tx, 'included_tx')),
    height: height(BigInt(present(row.included_height, 'included_height'))),
    indexBlockHash: present(row.included_block, 'included_block'),
    status: present(row.included_status, 'included_status') as Inclusion['status'],
    resultHex: present(row.result_hex, 'result_hex'),
    fee: microStx(BigInt(present(row.fee, 'fee'))),
  };
}

export function resultFromRow(row: Selectable<ResultTable>): EntryResult {
  if (row.error !== null) return { kind: 'error', intentId: row.intent_id, error: row.error };
  return { kind: 'ok', intentId: row.intent_id, value: integer(present(row.value, 'value')) };
}

export function listingFromRow(row: Selectable<ListingTable>): Listing {
  return {
    sequence: sequence(BigInt(row.sequence)),
    tradeId: tradeId(BigInt(row.trade_id)),
    txId: txId(row.tx_id),
    height: height(BigInt(row.height)),
    seller: principal(row.seller),
    amount: wh(BigInt(row.amount)),
    price: price(BigInt(row.price)),
  };
}

export function fillFromRow(row: Selectable<FillTable>): Fill {
  return {
    side: row.side as Fill['side'],
    sequence: sequence(BigInt(row.sequence)),
    tradeId: tradeId(BigInt(row.trade_id)),
    txId: txId(row.tx_id),
    height: height(BigInt(row.height)),
    buyer: principal(row.buyer),
    seller: principal(row.seller),
    amount: wh(BigInt(row.amount)),
    price: price(BigInt(row.price)),
    cost: microStx(BigInt(row.cost)),
    energyPrice: price(BigInt(row.energy_price)),
  };
}
