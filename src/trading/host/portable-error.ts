import { BaseError, ConfigError, CorruptionError, FatalError, unreachable } from '../../core/index.ts';
import type { PortableError } from './messages.ts';

/** An error as data for the other thread. */
export function pack(thrown: unknown): PortableError {
  if (thrown instanceof BaseError) {
    const kind = thrown instanceof ConfigError ? 'config' : thrown instanceof CorruptionError ? 'corruption' : 'defect';
    return { kind, message: thrown.message, hints: thrown.hints };
  }
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { kind: 'defect', message, hints: [] };
}

/** The error that another thread or process packed; `who` is named where it is a defect of the bot. */
export function unpack({ kind, message, hints }: PortableError, who = 'the trading thread'): BaseError {
  switch (kind) {
    case 'config':
      return new ConfigError(message, { hints });
    case 'corruption':
      return new CorruptionError(message, { hints });
    case 'defect':
      return new FatalError(`${who} failed: ${message}`, { hints });
    default:
      return unreachable(kind, 'packed error');
  }
}
