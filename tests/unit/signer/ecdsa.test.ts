import { createHash } from 'node:crypto';
import { TransactionSigner } from '@stacks/transactions';
import { describe, expect, it } from 'vitest';
import { microStx } from '../../../src/core/index.ts';
import { loadNative, signDigest, signInJavaScript } from '../../../src/signer/ecdsa.ts';
import { buildCall, keyFromText } from '../../../src/signer/index.ts';
import { signTransaction } from '../../../src/signer/sign-transaction.ts';
import { signerContract as contractId, signerSecrets } from '../../conformance/signer-port.ts';

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
const samples = Array.from(
  { length: 50 },
  (_, index) => [hashOf(`digest ${index}`), hashOf(`secret ${index}`)] as const,
);

describe('signatures', () => {
  it('are the same bytes from the native library and from plain JavaScript', () => {
    for (const [digest, secret] of samples) {
      expect(signDigest(digest, secret)).toBe(signInJavaScript(digest, secret));
    }
    // The package brings a binary for this platform; elsewhere the line above compares JavaScript with itself.
    if (process.platform === 'linux' && process.arch === 'x64') expect(loadNative()).not.toBeNull();
  });

  it('of a transaction are those that @stacks/transactions makes', async () => {
    const key = keyFromText({ name: 'k', text: signerSecrets[0] });
    const { publicKey } = key;
    const call = { kind: 'cancelTradeFor', validUntil: 9n, entries: [] } as const;
    for (const nonce of [0, 1, 255, 2 ** 40]) {
      const terms = { network: 'testnet', publicKey, contractId, call, nonce, fee: microStx(nonce + 300) } as const;
      const reference = await buildCall(terms);
      new TransactionSigner(reference).signOrigin(`${signerSecrets[0]}01`);
      const signed = signTransaction(key, await buildCall(terms));
      expect(signed).toEqual({ txId: reference.txid(), hex: reference.serialize() });
    }
  });
});
