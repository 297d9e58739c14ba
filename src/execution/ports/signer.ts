/**
 * Whoever holds keys: this process, one of its own beside it (both in `src/signer`), or a machine elsewhere.
 *
 * Left out on purpose: choosing nonce and fee (execution's) and any way to read a key back.
 */
import type { GridCall } from '../../contract/index.ts';
import type { MicroStx, Principal, TxId } from '../../core/index.ts';

export interface SignRequest {
  /** The address whose key signs; one of `addresses()`. */
  readonly signer: Principal;
  readonly call: GridCall;
  readonly nonce: number;
  /** The total fee. */
  readonly fee: MicroStx;
}

export interface SignedTransaction {
  readonly txId: TxId;
  /** The serialized transaction, without `0x`. */
  readonly hex: string;
}

export interface SignerPort {
  /** Addresses this signer can sign for, on the network it was made for. */
  addresses(): Promise<readonly Principal[]>;
  /**
   * Signs one call of the contract with deny-mode post-conditions. The same request gives the same bytes, so it may be
   * asked again.
   *
   * @throws RejectedError when the request breaks its policy: an address it holds no key of, another contract, function or
   * network, a fee above its cap; TransientError when the signer does not answer.
   */
  sign(request: SignRequest): Promise<SignedTransaction>;
}
