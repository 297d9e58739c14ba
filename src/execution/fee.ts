import { serializeCVBytes } from '@stacks/transactions';
import { type BatchCall, encodeCall, MAX_BATCH_ENTRIES } from '../contract/index.ts';
import { ConfigError, clamp, type MicroStx, microStx, mulDivDown, principal } from '../core/index.ts';
import type { FeePolicy } from './config.ts';

const CONTRACT_NAME = 'energy-grid';

/**
 * Bytes of a signed contract call besides names and arguments, by SIP-005: version 1, chain id 4, authorization
 * (type 1, hash mode 1, signer 20, nonce 8, fee 8, key encoding 1, signature 65), anchor mode 1, post-condition mode 1,
 * their number 4, payload type 1, contract address 21, two name lengths, number of arguments 4.
 */
const ENVELOPE_BYTES = 1 + 4 + (1 + 1 + 20 + 8 + 8 + 1 + 65) + 1 + 1 + 4 + 1 + 21 + 2 + 4;

/** A call's fee is asked for several times on its way, and serializing the call is most of the work. */
const sizes = new WeakMap<BatchCall, number>();

/** The exact size in bytes of a call once signed with one key and without post-conditions. */
export function transactionSize(call: BatchCall): number {
  const size = sizes.get(call) ?? serializedSize(call);
  sizes.set(call, size);
  return size;
}

function serializedSize(call: BatchCall): number {
  const { functionName, functionArgs } = encodeCall(call);
  const argumentBytes = functionArgs.reduce((sum, value) => sum + serializeCVBytes(value).length, 0);
  return ENVELOPE_BYTES + CONTRACT_NAME.length + functionName.length + argumentBytes;
}

/** rate × size rounded up, moved between floor and cap. */
export function feeFor(call: BatchCall, policy: FeePolicy): MicroStx {
  return microStx(clamp(Math.ceil(transactionSize(call) * policy.ratePerByte), policy.floor, policy.cap));
}

/** A raised fee is at least a quarter above the last: miners order by rate, and a node takes any higher one. */
const RAISE = 1.25;

/** The highest fee that any attempt of the call may offer: the cap and, for what has entries, the price of each. */
export function highestFee({ entries }: BatchCall, { cap, perEntry }: FeePolicy): MicroStx {
  const byEntries = perEntry === undefined || entries.length === 0 ? cap : perEntry * entries.length;
  return microStx(Math.min(cap, byEntries));
}

/** Whether the call offers so much for each entry that it must wait for company. */
export const isTooDear = (call: BatchCall, policy: FeePolicy): boolean =>
  feeFor(call, policy) > highestFee(call, policy);

/** The fee of an attempt that replaces one of `last`, rounded up; null where that is more than the call may offer. */
export function raisedFee(call: BatchCall, last: MicroStx, policy: FeePolicy): MicroStx | null {
  const fee = Math.max(Math.ceil(last * RAISE), feeFor(call, policy));
  return fee <= highestFee(call, policy) ? microStx(fee) : null;
}

/**
 * What entry number `entry` (from 0) of `entries` pays of a fee: ⌊fee × (entry + 1) ÷ entries⌋ − ⌊fee × entry ÷ entries⌋.
 * The shares add up to the fee exactly, and no two differ by more than 1 µSTX.
 */
export function feeShare(fee: MicroStx, { entry, entries }: { entry: number; entries: number }): MicroStx {
  return microStx(mulDivDown(fee, entry + 1, entries) - mulDivDown(fee, entry, entries));
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
  const entries = Math.min(affordable, limit);
  const { perEntry = policy.cap } = policy;
  const least = Math.ceil(feeFor(widestCall(entries), policy) / entries);
  if (perEntry >= least) return entries;
  throw new ConfigError(`expected a fee per entry that a full batch of ${entries} keeps to, was ${perEntry} µSTX`, {
    hints: [`Set it to at least ${least} µSTX, or leave it out.`],
  });
}

const ONE_ENTRY: BatchCall = {
  kind: 'buyEnergyFor',
  validUntil: 0n,
  entries: [{ buyer: principal(WIDEST), tradeId: 0n, amount: 0n, maxPrice: 0n }],
};

/** The fee of a batch with one entry: what an intent costs at most for its share. */
export const feeOfOneEntry = (policy: FeePolicy): MicroStx => feeFor(ONE_ENTRY, policy);
