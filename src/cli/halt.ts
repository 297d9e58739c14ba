import { Command } from 'commander';
import { requireControl } from '../service/control/index.ts';
import { configOption, type DataOptions, dataFolder, dataOption } from './data-option.ts';

function stateCommand(name: 'halt' | 'reduce', description: string, done: string): Command {
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
export function resumeCommand(): Command {
  return new Command('resume')
    .description('trade again, also on lanes that halted; or let one halted lane send again')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--lane <address>', 'only this lane; trading stays as it is')
    .option('--json', 'print JSON')
    .action(async ({ json, lane, ...where }: DataOptions & { json?: true; lane?: string }) => {
      const control = await requireControl(await dataFolder(where));
      const answer = await control.post(lane === undefined ? '/resume' : `/lanes/${encodeURIComponent(lane)}/resume`);
      const done = lane === undefined ? 'Trading is active.' : `Lane ${lane} sends again.`;
      process.stdout.write(`${json ? JSON.stringify(answer) : done}\n`);
    });
}
