import { createRequire } from 'node:module';
import { signWithKey } from '@stacks/transactions';

/** Signs a digest of 32 bytes: recovery id, r and s as 130 hex digits. Deterministic by RFC 6979, s in the lower half. */
export type SignDigest = (digest: Buffer, secret: Buffer) => string;

interface NativeCurve {
  ecdsaSign(digest: Uint8Array, secret: Uint8Array): { readonly signature: Uint8Array; readonly recid: number };
}

/** Plain JavaScript (noble): the same bytes, about an eighth of the speed. */
export const signInJavaScript: SignDigest = (digest, secret) => signWithKey(secret, digest.toString('hex'));

/**
 * Bitcoin Core's libsecp256k1, or null on a platform for which the package brings no binary. Its own fallback, elliptic,
 * is passed by.
 */
export function loadNative(): SignDigest | null {
  try {
    const native = createRequire(import.meta.url)('secp256k1/bindings.js') as NativeCurve;
    return (digest, secret) => {
      const { signature, recid } = native.ecdsaSign(digest, secret);
      return `0${recid}${Buffer.from(signature).toString('hex')}`;
    };
  } catch {
    return null;
  }
}

export const signDigest: SignDigest = loadNative() ?? signInJavaScript;
