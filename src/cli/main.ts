import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { accountCommand } from './account.ts';
import { configCommand } from './config.ts';
import { delegateCommand } from './delegate.ts';
import { deployCommand } from './deploy.ts';
import { depositCommand } from './deposit.ts';
import { devnetCommand } from './devnet.ts';
import { doctorCommand } from './doctor.ts';
import { energyCommand } from './energy.ts';
import { exitCodeOf, formatError } from './format-error.ts';
import { haltCommand, reduceCommand, resumeCommand } from './halt.ts';
import { healthCommand } from './health.ts';
import { keysCommand } from './keys.ts';
import { meterCommand } from './meter.ts';
import { offerCommand } from './offer.ts';
import { ownerCommand } from './owner.ts';
import { reconcileCommand } from './reconcile.ts';
import { registerCommand } from './register.ts';
import { revokeCommand } from './revoke.ts';
import { runCommand } from './run.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { strategiesCommand } from './strategies.ts';
import { withdrawCommand } from './withdraw.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const program = new Command('wattmaker')
  .description('Trades energy between neighbours on Stacks, within limits that the contract enforces')
  .version(version)
  .showHelpAfterError('(add --help for the options)');

for (const command of [
  startCommand(),
  runCommand(),
  statusCommand(),
  haltCommand(),
  reduceCommand(),
  resumeCommand(),
  reconcileCommand(),
  doctorCommand(),
  healthCommand(),
  configCommand(),
  strategiesCommand(),
  keysCommand(),
  deployCommand(),
  ownerCommand(),
  registerCommand(),
  depositCommand(),
  withdrawCommand(),
  delegateCommand(),
  revokeCommand(),
  accountCommand(),
  offerCommand(),
  energyCommand(),
  meterCommand(),
  devnetCommand(),
]) {
  program.addCommand(command);
}

/** Commander ends the process by itself unless every command is told not to. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}
throwInsteadOfExit(program);

try {
  await program.parseAsync();
} catch (error) {
  // Of what it throws itself, Commander has already said what is wrong.
  if (!(error instanceof CommanderError)) console.error(formatError(error));
  process.exitCode = exitCodeOf(error);
}
