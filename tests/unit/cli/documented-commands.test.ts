import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { accountCommand } from '../../../src/cli/account.ts';
import { dataCommand } from '../../../src/cli/data.ts';
import { delegateCommand } from '../../../src/cli/delegate.ts';
import { deployCommand } from '../../../src/cli/deploy.ts';
import { depositCommand } from '../../../src/cli/deposit.ts';
import { devnetCommand } from '../../../src/cli/devnet.ts';
import { doctorCommand } from '../../../src/cli/doctor.ts';
import { energyCommand } from '../../../src/cli/energy.ts';
import { importCommand } from '../../../src/cli/import.ts';
import { keysCommand } from '../../../src/cli/keys.ts';
import { meterCommand } from '../../../src/cli/meter.ts';
import { offerCommand } from '../../../src/cli/offer.ts';
import { optimizeCommand } from '../../../src/cli/optimize.ts';
import { optimizeWorkerCommand } from '../../../src/cli/optimize-worker.ts';
import { ownerCommand } from '../../../src/cli/owner.ts';
import { reconcileCommand } from '../../../src/cli/reconcile.ts';
import { recordCommand } from '../../../src/cli/record.ts';
import { registerCommand } from '../../../src/cli/register.ts';
import { revokeCommand } from '../../../src/cli/revoke.ts';
import { runCommand } from '../../../src/cli/run.ts';
import { statusCommand } from '../../../src/cli/status.ts';
import { withdrawCommand } from '../../../src/cli/withdraw.ts';

const program = new Command('wattmaker');
for (const make of [
  accountCommand,
  dataCommand,
  delegateCommand,
  deployCommand,
  depositCommand,
  devnetCommand,
  doctorCommand,
  energyCommand,
  importCommand,
  keysCommand,
  meterCommand,
  offerCommand,
  optimizeCommand,
  optimizeWorkerCommand,
  ownerCommand,
  reconcileCommand,
  recordCommand,
  registerCommand,
  revokeCommand,
  runCommand,
  statusCommand,
  withdrawCommand,
]) {
  program.addCommand(make());
}

/** Every `npx wattmaker …` of a page, with continuation lines joined, as its words. */
function documented(page: string): string[][] {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8').replace(/\\\n\s*/g, '');
  return [...text.matchAll(/npx wattmaker ([^`#|;)\n]*)/g)].map(([, words = '']) => words.trim().split(/\s+/));
}

/** The command that the words call, and those of them that are its options. */
function called(words: readonly string[]): { command: Command; flags: string[] } {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    command = next;
  }
  return { command, flags: words.filter((word) => /^--[a-z]/.test(word)) };
}

describe.each(['quickstart.md', 'keys.md', 'recordings.md', 'optimizing.md'])('the commands of docs/%s', (page) => {
  it('exist, with the options that they are shown with', () => {
    const commands = documented(page);
    expect(commands.length).toBeGreaterThan(4);
    for (const words of commands) {
      const { command, flags } = called(words);
      expect(command.commands, `wattmaker ${words.join(' ')}`).toEqual([]);
      const known = command.options.map((option) => option.long);
      for (const flag of flags) expect(known, `wattmaker ${words.join(' ')}`).toContain(flag);
    }
  });
});
