import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../../../src/contract/index.ts';
import { arbitraryEvents } from '../../support/arbitrary-events.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../support/fuzz.ts';
import { encodeEvent as encodedByHand } from '../../support/grid-encoding.ts';

describe('encoding an event', () => {
  it(
    'property: gives the bytes that a chain gives, and decoding gives the event back',
    () => {
      fc.assert(
        fc.property(arbitraryEvents, (events) => {
          for (const event of events) {
            const hex = encodeEvent(event);
            expect(hex).toBe(encodedByHand(event));
            expect(decodeEvent(hex)).toEqual(event);
          }
        }),
        fuzzParameters('encode event', { runs: 60, seconds: 20 }),
      );
    },
    FUZZ_TIMEOUT,
  );
});
