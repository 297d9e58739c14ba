import { Cl, serializeCV } from '@stacks/transactions';
import { encodeValue } from './encode-value.ts';
import type { GridEvent } from './event.ts';
import { eventFields } from './event-schema.ts';

/**
 * The consensus bytes of an event as hex without `0x`, as the contract prints it: what its digest chains.
 *
 * @throws CorruptionError for values that the contract cannot print.
 */
export function encodeEvent(event: GridEvent): string {
  const { topic, ...values } = event;
  const fields = eventFields[topic].filter(({ name }) => name !== 'topic');
  const tuple = encodeValue({ tuple: fields }, withWideNumbers(values));
  return serializeCV(Cl.tuple({ ...(tuple.type === 'tuple' ? tuple.value : {}), topic: Cl.stringAscii(topic) }));
}

/** The binding's integers are bigint where ours are numbers. */
function withWideNumbers(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withWideNumbers(inner)]));
}
