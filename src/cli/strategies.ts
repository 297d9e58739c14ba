import { relative, resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { loadStrategy, strategyNames } from '../trading/host/index.ts';
import { type ParameterSpec, rangeOf, type Strategy } from '../trading/index.ts';
import { newStrategy } from './scaffold/new-strategy.ts';

/** `wattmaker strategies`: shows the strategies that there are, or makes a new one. */
export function strategiesCommand(): Command {
  const command = new Command('strategies').description('show strategies and their parameters, or make a new one');
  command
    .command('list')
    .description('show the built-in strategies, or those named')
    .argument('[references...]', 'built-in names, or paths of strategy files')
    .option('--json', 'print one JSON object')
    .action(async (references: string[], { json }: { json?: true }) => {
      const named = references.length > 0 ? references : strategyNames();
      const strategies = await Promise.all(named.map((reference) => loadStrategy(reference, process.cwd())));
      process.stdout.write(json ? `${JSON.stringify({ strategies: strategies.map(asData) })}\n` : asText(strategies));
    });
  command
    .command('new')
    .description('make the folder of a new strategy, with a test that passes')
    .argument('<name>', 'its name in kebab-case')
    .option('--dir <directory>', 'where to put the folder', 'strategies')
    .option('--json', 'print one JSON object')
    .action(async (name: string, { dir, json }: { dir: string; json?: true }) => {
      const made = await newStrategy(name, { directory: resolve(dir) });
      if (json) {
        process.stdout.write(`${JSON.stringify(made)}\n`);
        return;
      }
      const shown = relative(process.cwd(), made.folder) || '.';
      process.stdout.write(
        [
          `Made ${shown} with ${made.files.join(', ')}.`,
          `Test it:  (cd ${made.test.folder} && ${made.test.command})`,
          `Use it:   strategy: ${made.folder}   in the config, for an account`,
          '',
        ].join('\n'),
      );
    });
  return command;
}

const asData = ({ name, description, apiVersion, parameters }: Strategy<never>): object => ({
  name,
  description,
  apiVersion,
  parameters,
});

function asText(strategies: readonly Strategy<never>[]): string {
  return strategies
    .map(({ name, description, parameters }) => {
      const table = new Table({
        head: ['parameter', 'default', 'range', 'unit', 'meaning'],
        style: { head: [], border: [] },
      });
      for (const [parameter, spec] of Object.entries(parameters)) table.push(rowOf(parameter, spec));
      return `${name}: ${description}\n${table.length === 0 ? 'No parameters.' : table.toString()}\n`;
    })
    .join('\n');
}

const rowOf = (name: string, spec: ParameterSpec): string[] => [
  name,
  String(spec.default),
  rangeOf(spec),
  spec.unit,
  spec.description,
];
