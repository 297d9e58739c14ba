import {
  type BaseError,
  ConfigError,
  CorruptionError,
  FatalError,
  RejectedError,
  unreachable,
} from '../../core/index.ts';
import type { Failure } from './messages.ts';

/** An error as data for the bot's process. The messages of the project's own errors hold no secret; others may. */
export function packFailure(error: unknown): Failure {
  if (error instanceof RejectedError) return { ...own(error, 'RejectedError'), code: error.code };
  if (error instanceof ConfigError) return own(error, 'ConfigError');
  if (error instanceof CorruptionError) return own(error, 'CorruptionError');
  return { name: 'Defect', message: redacted(error), code: null, hints: [] };
}

const own = ({ message, hints }: BaseError, name: Failure['name']): Failure => ({
  name,
  message,
  code: null,
  hints: [...hints],
});

/** The error's class and the places that it came through. */
function redacted(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const places = (error.stack ?? '').split('\n').filter((line) => /^ {4}at [^\n]*:\d+:\d+\)?$/.test(line));
  return [error.constructor.name, ...places.slice(0, 5).map((line) => line.trim())].join(' ');
}

export function unpackFailure({ name, message, code, hints }: Failure): BaseError {
  switch (name) {
    case 'ConfigError':
      return new ConfigError(message, { hints });
    case 'CorruptionError':
      return new CorruptionError(message, { hints });
    case 'RejectedError':
      return new RejectedError(message, { code: code ?? '', hints });
    case 'Defect':
      return new FatalError(`the signer met a defect: ${message}`, { hints });
    default:
      return unreachable(name, 'failure of the signer');
  }
}
