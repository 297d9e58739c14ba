import type { ClarityValue } from '@stacks/transactions';

/**
 * A call of one read-only function, free of any transport: whoever can call a contract (the chain client over HTTP, a
 * test on the simnet) runs it and hands the answer to `decode`.
 */
export interface GridRead<Answer> {
  readonly functionName: string;
  readonly functionArgs: readonly ClarityValue[];
  /**
   * Decodes the serialized Clarity value (hex, with or without `0x`).
   *
   * @throws CorruptionError when the value has not the declared type.
   */
  decode(resultHex: string): Answer;
}
