import { createHash } from 'node:crypto';

/** SHA-512/256 over the concatenation of `parts`, as 64 lower-case hex digits: the hash of Stacks ids. */
export function sha512t256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha512-256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** `hex` as bytes. */
export const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/** `value` as eight big-endian bytes. */
export function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
