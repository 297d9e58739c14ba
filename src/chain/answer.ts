import type { ZodType } from 'zod';
import { type BaseError, ConfigError, CorruptionError, RejectedError } from '../core/index.ts';

/**
 * `data` as `schema` has it; fields that the schema does not name are let through.
 *
 * @throws CorruptionError naming the route and the first field that is wrong.
 */
export function checked<T>(schema: ZodType<T>, data: unknown, route: string): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'the body' : `field "${issue.path.join('.')}"`;
  throw new CorruptionError(`expected ${route} to answer as documented, but ${field} is wrong: ${issue?.message}`, {
    hints: ['check that the URL is that of a Stacks API (release 9 or later) or of a node behind one'],
  });
}

/** The error for an answer whose status says that the server understood and refused. */
export function refusal(status: number, route: string, said: string): BaseError {
  if (status === 401 || status === 403) {
    return new ConfigError(`expected ${route} to be allowed, was refused with status ${status}`, {
      hints: ['check the API key and the credentials in the URL'],
    });
  }
  return new RejectedError(`${route} was refused with status ${status}${said === '' ? '' : `: ${oneLine(said)}`}`, {
    code: `http-${status}`,
  });
}

const LONGEST_QUOTE = 200;

/** What a server said, fit for one line of a message: no control characters, and not too long. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length <= LONGEST_QUOTE ? line : `${line.slice(0, LONGEST_QUOTE)}…`;
}
