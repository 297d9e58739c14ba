import type { EntryCall, GridCall } from '../../src/contract/index.ts';
import { height, type Principal } from '../../src/core/index.ts';
import type { CallContext } from '../../src/market/index.ts';

/** A call as the venue made it, for whoever wants to make the same elsewhere. */
export interface LoggedCall {
  readonly caller: Principal;
  readonly height: CallContext['height'];
  readonly call: GridCall | EntryCall;
}

export type CallLog = (logged: LoggedCall) => void;

export const logged = (caller: Principal, at: number, call: GridCall | EntryCall): LoggedCall => ({
  caller,
  height: height(at),
  call,
});
