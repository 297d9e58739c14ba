import { ConfigError, type Principal, RejectedError } from '../core/index.ts';
import type { SignedTransaction } from '../execution/ports/signer.ts';
import { addressOf, assertUsableOn, type Key } from './key.ts';
import { contractParts } from './network.ts';
import { allowedTransaction, type PolicyCode, type SigningPolicy } from './policy.ts';
import { signTransaction } from './sign-transaction.ts';

/** An account that can be signed for: all that may be known of its key. */
export interface SigningAccount {
  readonly address: Principal;
  /** Compressed, 66 hex digits. */
  readonly publicKey: string;
}

/** Whatever turns unsigned bytes into signed ones: keys in this process, or those of another. */
export interface ByteSigner {
  readonly accounts: readonly SigningAccount[];
  /**
   * Signs the bytes of a transaction for the account that they name.
   *
   * @throws RejectedError with a `PolicyCode` for what the policy forbids; TransientError when the signer is elsewhere and
   * does not answer.
   */
  sign(unsignedHex: string): Promise<SignedTransaction>;
}

export interface KeyedSignerOptions extends SigningPolicy {
  readonly keys: readonly Key[];
}

/**
 * The one place where a key meets a transaction. It trusts nobody's word for what the bytes do.
 *
 * @throws ConfigError when a key must not be used on this network, or the contract is not one of it.
 */
export function createKeyedSigner({ keys, ...policy }: KeyedSignerOptions): ByteSigner {
  const { network, contractId } = policy;
  contractParts(network, contractId);
  for (const key of keys) assertUsableOn(key, network);
  const byAddress = new Map<Principal, Key>(keys.map((key) => [addressOf(key.publicKey, network), key]));
  if (byAddress.size === 0) throw new ConfigError('expected a key to sign with, was none');
  return {
    accounts: [...byAddress].map(([address, { publicKey }]) => ({ address, publicKey })),
    async sign(unsignedHex) {
      const { transaction, signer } = allowedTransaction(unsignedHex, policy);
      const key = byAddress.get(signer);
      if (key === undefined) throw noKey(signer, [...byAddress.keys()]);
      return signTransaction(key, transaction);
    },
  };
}

/** What a signer answers for an account of which it holds no key. */
export const noKey = (signer: Principal, held: readonly Principal[]): RejectedError =>
  new RejectedError(`expected a signer out of ${held.join(', ')}, was ${signer}: not signed`, {
    code: 'signer' satisfies PolicyCode,
  });
