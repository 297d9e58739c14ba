import type { BatchCall } from '../contract/index.ts';
import { MAX_AMOUNT } from '../core/index.ts';

/**
 * A call that changes nothing, moves nothing and never expires: it takes back no offer at all. Stacks refuses a transfer
 * to oneself, so an empty batch is what uses up a nonce for the fee alone.
 */
export const NOOP: BatchCall = { kind: 'cancelTradeFor', validUntil: BigInt(MAX_AMOUNT), entries: [] };
