import type { GridCall } from '../../contract/index.ts';
import { type MicroStx, microStx } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import { buildCall, type NetworkName } from '../../signer/index.ts';

export interface FeeTerms {
  readonly network: NetworkName;
  readonly contractId: string;
  /** Of any account: all signatures are of one length. */
  readonly publicKey: string;
}

/**
 * Fees by size at the node's rate, which is asked for once. Calls of one kind are of one size: the neighbours' arguments
 * are all numbers, and numbers are of one length.
 */
export function createFees(chain: ChainPort, terms: FeeTerms): (call: GridCall) => Promise<MicroStx> {
  const fees = new Map<GridCall['kind'], MicroStx>();
  let rate: number | null = null;
  return async (call) => {
    const known = fees.get(call.kind);
    if (known !== undefined) return known;
    rate ??= Math.max(1, await chain.feeRate());
    const transaction = await buildCall({ ...terms, call, nonce: 0, fee: microStx(0) });
    const fee = microStx(Math.ceil(transaction.serializeBytes().length * rate));
    fees.set(call.kind, fee);
    return fee;
  };
}
