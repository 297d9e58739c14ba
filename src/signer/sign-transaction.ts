import { createHash } from 'node:crypto';
import { createMessageSignature, isSingleSig, type StacksTransactionWire } from '@stacks/transactions';
import { FatalError, txId } from '../core/index.ts';
import type { SignedTransaction } from '../execution/ports/signer.ts';
import { signDigest } from './ecdsa.ts';
import { type Key, secretOf } from './key.ts';

/** Where a transaction of one plain signature keeps these, in bytes from its start (SIP-005). */
const AUTH_TYPE = { from: 5, to: 6 };
const NONCE = { from: 27, to: 35 };
const FEE = { from: 35, to: 43 };
const RECOVERABLE_SIGNATURE = { from: 44, to: 109 };

type Span = typeof NONCE;
const cut = (bytes: Buffer, { from, to }: Span): Buffer => bytes.subarray(from, to);
const hashOf = (...parts: readonly Buffer[]): Buffer => {
  const hash = createHash('sha512-256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/**
 * Signs a transaction as its origin, in place. The signing hash is that of SIP-005: the hash of the bytes without nonce,
 * fee and signature, hashed again with the authorization's type, fee and nonce.
 */
export function signTransaction(key: Key, transaction: StacksTransactionWire): SignedTransaction {
  const { spendingCondition } = transaction.auth;
  if (!isSingleSig(spendingCondition)) throw new FatalError('expected a transaction of one signature, was of several');
  const bytes = Buffer.from(transaction.serializeBytes());
  const cleared = Buffer.from(bytes);
  for (const { from, to } of [NONCE, FEE, RECOVERABLE_SIGNATURE]) cleared.fill(0, from, to);
  const digest = hashOf(hashOf(cleared), cut(bytes, AUTH_TYPE), cut(bytes, FEE), cut(bytes, NONCE));
  const signature = signDigest(digest, secretOf(key));
  spendingCondition.signature = createMessageSignature(signature);
  cut(bytes, RECOVERABLE_SIGNATURE).set(Buffer.from(signature, 'hex'));
  return { txId: txId(hashOf(bytes).toString('hex')), hex: bytes.toString('hex') };
}
