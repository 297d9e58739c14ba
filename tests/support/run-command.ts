import { readFile } from 'node:fs/promises';
import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { accountCommand } from '../../src/cli/account.ts';
import { auditCommand } from '../../src/cli/audit.ts';
import type { CommandIo } from '../../src/cli/command-io.ts';
import { dataCommand } from '../../src/cli/data.ts';
import { delegateCommand } from '../../src/cli/delegate.ts';
import { deployCommand } from '../../src/cli/deploy.ts';
import { depositCommand } from '../../src/cli/deposit.ts';
import { energyCommand } from '../../src/cli/energy.ts';
import { exitCodeOf, formatError } from '../../src/cli/format-error.ts';
import { importCommand } from '../../src/cli/import.ts';
import { keysCommand } from '../../src/cli/keys.ts';
import { meterCommand } from '../../src/cli/meter.ts';
import { offerCommand } from '../../src/cli/offer.ts';
import { optimizeCommand } from '../../src/cli/optimize.ts';
import { ownerCommand } from '../../src/cli/owner.ts';
import { recordCommand } from '../../src/cli/record.ts';
import { registerCommand } from '../../src/cli/register.ts';
import { replayCommand } from '../../src/cli/replay.ts';
import { revokeCommand } from '../../src/cli/revoke.ts';
import { withdrawCommand } from '../../src/cli/withdraw.ts';

export interface CommandSetting {
  readonly environment?: Readonly<Record<string, string>>;
  readonly home?: string;
  /** Standard input. */
  readonly input?: string;
  /** Answers for a person at the terminal, in order; without them there is no terminal. */
  readonly answers?: readonly (string | boolean)[];
}

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as the program does, in this process, in the given world. */
export async function runCommand(args: readonly string[], setting: CommandSetting = {}): Promise<CommandRun> {
  let out = '';
  let err = '';
  const answers = [...(setting.answers ?? [])];
  const answer = <Answer extends string | boolean>(question: string): Promise<Answer> => {
    err += `${question}\n`;
    const next = answers.shift();
    if (next === undefined) throw new Error(`no answer was given for: ${question}`);
    return Promise.resolve(next as Answer);
  };
  const io: CommandIo = {
    environment: setting.environment ?? {},
    home: setting.home ?? '/nonexistent',
    interactive: setting.answers !== undefined,
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
    readInput: async () => setting.input ?? '',
    readFile: (path) => readFile(path, 'utf8'),
    confirm: (question) => answer<boolean>(question),
    askSecret: (question) => answer<string>(question),
  };
  const program = programOf(io, {
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  try {
    await program.parseAsync(['node', 'wattmaker', ...args]);
    return { code: 0, out, err };
  } catch (error) {
    if (!(error instanceof CommanderError)) err += `${formatError(error, io.environment)}\n`;
    return { code: exitCodeOf(error), out, err };
  }
}

function programOf(io: CommandIo, output: OutputConfiguration): Command {
  const program = new Command('wattmaker');
  for (const make of [
    auditCommand,
    importCommand,
    keysCommand,
    deployCommand,
    ownerCommand,
    recordCommand,
    replayCommand,
    registerCommand,
    depositCommand,
    withdrawCommand,
    dataCommand,
    delegateCommand,
    revokeCommand,
    accountCommand,
    offerCommand,
    optimizeCommand,
    energyCommand,
    meterCommand,
  ]) {
    program.addCommand(make(io));
  }
  const prepare = (command: Command): void => {
    command.exitOverride().configureOutput(output);
    command.commands.forEach(prepare);
  };
  prepare(program);
  return program;
}
