import type { ClarityValue } from '@stacks/transactions';
import type { ClarityInput } from './decode-value.ts';

/**
 * A call of one read-only function, free of any transport: whoever can call a contract (the chain client over HTTP, a
 * test on the simnet) runs it and hands the answer to `decode`.
 */
export interface GridRead<Answer> {
  readonly functionName: string;
  readonly functionArgs: readonly ClarityValue[];
  /**
   * Decodes the answer: a Clarity value, or its consensus bytes (hex, with or without `0x`).
   *
   * @throws CorruptionError when the value has not the declared type.
   */
  decode(result: ClarityInput): Answer;
}
