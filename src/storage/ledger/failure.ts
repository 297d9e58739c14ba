import { BaseError, FatalError, TransientError } from '../../core/index.ts';

/** Postgres' own code of an error, five characters, or the operating system's for a lost connection. */
function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Connection failures, a server that shuts down or is full, a lock that was not to be had: the same may work later. */
const TRANSIENT = /^(08|53|57P|25P03|40001|40P01|55P03|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/;

/** An error of the database as one that says what the bot does next. */
export function translateFailure(cause: unknown): BaseError {
  if (cause instanceof BaseError) return cause;
  const code = sqlState(cause);
  const text = cause instanceof Error ? cause.message : String(cause);
  if (code === undefined ? /timeout|terminated|not queryable/i.test(text) : TRANSIENT.test(code)) {
    return new TransientError('the ledger cannot be reached', { cause });
  }
  return new FatalError(`the ledger refused a statement (${code ?? 'no code'}): ${text}`, { cause });
}
