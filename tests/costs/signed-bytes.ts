import type { EntryCall, GridCall } from '../../src/contract/index.ts';
import { testAccount } from '../support/devnet.ts';
import { signGridCall } from '../support/sign-grid-call.ts';
import { contractId } from '../support/simnet.ts';

/** The size of a call as a transaction, signed with one key; the same whoever signs, and at any nonce and fee. */
export async function signedBytes(call: GridCall | EntryCall): Promise<number> {
  const { hex } = await signGridCall(testAccount(0), call, { contractId, nonce: 0 });
  return hex.length / 2;
}
