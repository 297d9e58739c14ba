import { Command } from 'commander';
import { stringify } from 'yaml';
import { exampleConfig, loadConfig, redactConfig } from '../service/config/index.ts';

/** `wattmaker config`: shows what a config file resolves to, or one to start from. */
export function configCommand(): Command {
  const command = new Command('config').description('show a resolved config, or one to start from');
  command
    .command('print')
    .description('print the config with every default filled in and credentials hidden')
    .requiredOption('--config <file>', 'the YAML config file')
    .option('--json', 'print JSON')
    .action(async ({ config: file, json }: { config: string; json?: true }) => {
      const shown = redactConfig(await loadConfig(file, { environment: process.env }));
      process.stdout.write(json ? `${JSON.stringify(shown)}\n` : stringify(shown));
    });
  command
    .command('example')
    .description('print a config to start from')
    .action(() => {
      process.stdout.write(exampleConfig);
    });
  return command;
}
