import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCodeOf, formatError } from './format-error.ts';

/** Every command by its name, loaded when it is asked for: all of them together take seconds to load. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).startCommand(),
  run: async () => (await import('./run.ts')).runCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  halt: async () => (await import('./halt.ts')).haltCommand(),
  reduce: async () => (await import('./halt.ts')).reduceCommand(),
  resume: async () => (await import('./halt.ts')).resumeCommand(),
  cancel: async () => (await import('./cancel.ts')).cancelCommand(),
  reconcile: async () => (await import('./reconcile.ts')).reconcileCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  health: async () => (await import('./health.ts')).healthCommand(),
  config: async () => (await import('./config.ts')).configCommand(),
  backtest: async () => (await import('./backtest.ts')).backtestCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  optimize: async () => (await import('./optimize.ts')).optimizeCommand(),
  'optimize-worker': async () => (await import('./optimize-worker.ts')).optimizeWorkerCommand(),
  strategies: async () => (await import('./strategies.ts')).strategiesCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  deploy: async () => (await import('./deploy.ts')).deployCommand(),
  owner: async () => (await import('./owner.ts')).ownerCommand(),
  register: async () => (await import('./register.ts')).registerCommand(),
  deposit: async () => (await import('./deposit.ts')).depositCommand(),
  withdraw: async () => (await import('./withdraw.ts')).withdrawCommand(),
  delegate: async () => (await import('./delegate.ts')).delegateCommand(),
  revoke: async () => (await import('./revoke.ts')).revokeCommand(),
  account: async () => (await import('./account.ts')).accountCommand(),
  energy: async () => (await import('./energy.ts')).energyCommand(),
  offer: async () => (await import('./offer.ts')).offerCommand(),
  meter: async () => (await import('./meter.ts')).meterCommand(),
  data: async () => (await import('./data.ts')).dataCommand(),
  import: async () => (await import('./import.ts')).importCommand(),
  record: async () => (await import('./record.ts')).recordCommand(),
  devnet: async () => (await import('./devnet.ts')).devnetCommand(),
};

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const program = new Command('wattmaker')
  .description('Trades energy between neighbours on Stacks, within limits that the contract enforces')
  .version(version)
  .showHelpAfterError('(add --help for the options)');

const [, , asked = ''] = process.argv;
const isVersion = asked === '--version' || asked === '-V';
const wanted = Object.hasOwn(commands, asked) ? [asked] : isVersion ? [] : Object.keys(commands);
for (const name of wanted) {
  const command = await commands[name]?.();
  if (command !== undefined) program.addCommand(command);
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
