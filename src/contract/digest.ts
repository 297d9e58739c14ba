import { createHash } from 'node:crypto';
import { CorruptionError } from '../core/index.ts';
import { bareHex } from './decode-value.ts';

/** The digest before the first event: 32 zero bytes. */
export const OPENING_DIGEST = '0'.repeat(64);

/**
 * The contract's hash chain: sha256(previous digest ‖ consensus bytes of the event), as 64 hex digits.
 *
 * @param eventHex the event's consensus bytes, with or without `0x`.
 * @throws CorruptionError for text that is not hex.
 */
export function eventDigest(previousDigest: string, eventHex: string): string {
  const previous = bareHex(previousDigest);
  if (previous.length !== 64) throw new CorruptionError(`expected a digest of 64 hex digits, was "${previousDigest}"`);
  return createHash('sha256').update(previous, 'hex').update(bareHex(eventHex), 'hex').digest('hex');
}
