import { Command } from 'commander';
import { devnetCommand } from '../../../src/cli/devnet.ts';
import { exitCodeOf, formatError } from '../../../src/cli/format-error.ts';

/** `wattmaker devnet` alone, as a program. */
const program = new Command('wattmaker').addCommand(devnetCommand());
try {
  await program.parseAsync();
} catch (error) {
  console.error(formatError(error));
  process.exitCode = exitCodeOf(error);
}
