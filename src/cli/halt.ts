import { Command } from 'commander';
import { requireControl } from '../service/control/index.ts';
import { configOption, type DataOptions, dataFolder, dataOption } from './data-option.ts';

function stateCommand(name: 'halt' | 'reduce' | 'resume', description: string, done: string): Command {
  return new Command(name)
    .description(description)
    .addOption(configOption())
    .addOption(dataOption())
    .option('--json', 'print JSON')
    .action(async ({ json, ...where }: DataOptions & { json?: true }) => {
      const control = await requireControl(await dataFolder(where));
      const answer = await control.post(`/${name}`);
      process.stdout.write(`${json ? JSON.stringify(answer) : done}\n`);
    });
}

/** `wattmaker halt` */
export const haltCommand = (): Command =>
  stateCommand('halt', 'send nothing new; what is under way goes on', 'Trading is halted until `wattmaker resume`.');

/** `wattmaker reduce` */
export const reduceCommand = (): Command =>
  stateCommand(
    'reduce',
    'send only what lowers exposure: cancels, and listings of energy above the stated need',
    'Trading only reduces until `wattmaker resume`.',
  );

/** `wattmaker resume` */
export const resumeCommand = (): Command => stateCommand('resume', 'trade again', 'Trading is active.');
