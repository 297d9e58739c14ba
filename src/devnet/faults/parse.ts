import type { z } from 'zod';
import { ConfigError } from '../../core/index.ts';
import { FAULTS, type Fault } from './fault.ts';

/**
 * `value` as `schema` has it; `name` is what a message begins with.
 *
 * @throws ConfigError that quotes every wrong value and names what is possible.
 */
export function parsed<Schema extends z.ZodObject>(schema: Schema, value: unknown, name?: string): z.output<Schema> {
  const result = schema.safeParse(value ?? {}, { reportInput: true });
  if (result.success) return result.data;
  const said = result.error.issues.map((issue) => describe(issue, schema)).join('; ');
  throw new ConfigError(name === undefined ? said : `${name}: ${said}`);
}

/** @throws ConfigError */
export function parseFault(value: unknown): Fault {
  const { kind, ...rest } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(FAULTS, kind)) {
    throw new ConfigError(`kind: expected one of ${Object.keys(FAULTS).join(', ')}, was ${JSON.stringify(kind)}`);
  }
  const schema: z.ZodObject = FAULTS[kind as keyof typeof FAULTS];
  return { kind, ...parsed(schema, rest) } as Fault;
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodObject): string {
  const place = issue.path.length === 0 ? 'body' : issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    return `${place}: unknown ${keys}, possible are ${Object.keys(schema.shape).join(', ')}`;
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${place}: ${message}, was ${JSON.stringify(issue.input)}`;
}
