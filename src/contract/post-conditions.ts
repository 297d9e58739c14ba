import { Pc, type PostCondition } from '@stacks/transactions';
import type { Principal } from '../core/index.ts';
import type { EntryCall, GridCall } from './call.ts';

export interface PostConditionParameters {
  /** Who signs the call. */
  readonly caller: Principal;
  /** The contract as `address.name`. */
  readonly contractId: string;
}

/**
 * The post-conditions of a call, for deny mode, which refuses every transfer that they do not name: a deposit sends
 * exactly its amount, the contract sends exactly what is withdrawn, and nothing else moves STX.
 */
export function postConditionsFor(
  call: GridCall | EntryCall,
  { caller, contractId }: PostConditionParameters,
): readonly PostCondition[] {
  if (call.kind === 'addFunds') return [Pc.principal(caller).willSendEq(call.amount).ustx()];
  if (call.kind === 'withdrawFunds') return [Pc.principal(contractId).willSendEq(call.amount).ustx()];
  return [];
}
