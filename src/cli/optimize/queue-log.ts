import type { Log } from '../../core/index.ts';
import type { CommandIo } from '../command-io.ts';

/** What the queue has to tell, as lines on standard error. */
export function queueLog(io: CommandIo): Log {
  const line = (level: string) => (_: object, message: string) => io.writeErr(`${level}: ${message}\n`);
  return { info: () => undefined, warn: line('warning'), error: line('error') };
}
