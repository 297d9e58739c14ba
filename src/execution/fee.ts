import { serializeCVBytes } from '@stacks/transactions';
import { type BatchCall, encodeCall, MAX_BATCH_ENTRIES } from '../contract/index.ts';
import { ConfigError, clamp, type MicroStx, microStx, principal } from '../core/index.ts';
import type { FeePolicy } from './config.ts';

const CONTRACT_NAME = 'energy-grid';

/**
 * Bytes of a signed contract call besides names and arguments, by SIP-005: version 1, chain id 4, authorization
 * (type 1, hash mode 1, signer 20, nonce 8, fee 8, key encoding 1, signature 65), anchor mode 1, post-condition mode 1,
 * their number 4, payload type 1, contract address 21, two name lengths, number of arguments 4.
 */
const ENVELOPE_BYTES = 1 + 4 + (1 + 1 + 20 + 8 + 8 + 1 + 65) + 1 + 1 + 4 + 1 + 21 + 2 + 4;

/** The exact size in bytes of a call once signed with one key and without post-conditions. */
export function transactionSize(call: BatchCall): number {
  const { functionName, functionArgs } = encodeCall(call);
  const argumentBytes = functionArgs.reduce((sum, value) => sum + serializeCVBytes(value).length, 0);
  return ENVELOPE_BYTES + CONTRACT_NAME.length + functionName.length + argumentBytes;
}

/** rate × size rounded up, moved between floor and cap. */
export function feeFor(call: BatchCall, policy: FeePolicy): MicroStx {
  return microStx(clamp(Math.ceil(transactionSize(call) * policy.ratePerByte), policy.floor, policy.cap));
}

/** What one entry adds, and a batch without entries weighs, for the kind of call that weighs most. */
const WIDEST = 'ST000000000000000000002AMW42H';
const widestCall = (entries: number): BatchCall => ({
  kind: 'buyEnergyFor',
  validUntil: 0n,
  entries: Array.from({ length: entries }, () => ({
    // A contract principal with the longest name a node admits.
    buyer: principal(`${WIDEST}.${'x'.repeat(40)}`),
    tradeId: 0n,
    amount: 0n,
    maxPrice: 0n,
  })),
});

/** Entries that a batch can hold so that its fee by rate stays within the cap, whatever they are. */
export function entriesWithinCap(policy: FeePolicy, limit: number = MAX_BATCH_ENTRIES): number {
  const empty = transactionSize(widestCall(0));
  const each = transactionSize(widestCall(1)) - empty;
  const affordable = Math.floor((policy.cap / policy.ratePerByte - empty) / each);
  if (affordable < 1) {
    throw new ConfigError(
      `expected a fee cap that one trade fits in at ${policy.ratePerByte} µSTX per byte, was ${policy.cap} µSTX`,
      { hints: [`Set the cap to at least ${Math.ceil((empty + each) * policy.ratePerByte)} µSTX.`] },
    );
  }
  return Math.min(affordable, limit);
}

/** The fee of a batch with one entry: what an intent costs at most for its share. */
export function feeOfOneEntry(policy: FeePolicy): MicroStx {
  const one: BatchCall = {
    kind: 'buyEnergyFor',
    validUntil: 0n,
    entries: [{ buyer: principal(WIDEST), tradeId: 0n, amount: 0n, maxPrice: 0n }],
  };
  return feeFor(one, policy);
}
