/**
 * Whoever holds keys. One adapter keeps them in this process (`src/signer`); a remote signer can stand in.
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
   * Signs one call of the contract with deny-mode post-conditions. The same request gives the same bytes.
   *
   * @throws ConfigError for an address it holds no key of; RejectedError when the request breaks its policy (fee cap).
   */
  sign(request: SignRequest): Promise<SignedTransaction>;
}
