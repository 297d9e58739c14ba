import { Command } from 'commander';
import { ConfigError } from '../core/index.ts';
import type { ReconcileReport } from '../execution/index.ts';
import { loadConfig } from '../service/config/index.ts';
import { connectControl } from '../service/control/index.ts';
import { configOption, type DataOptions, dataFolder, dataOption } from './data-option.ts';

/** `wattmaker reconcile`: whether chain and ledger agree, by the running bot or, where none runs, from the ledger itself. */
export function reconcileCommand(): Command {
  return new Command('reconcile')
    .description('compare every transaction and fill of the ledger with the chain; exit 1 on a difference')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--json', 'print JSON')
    .action(async ({ json, ...where }: DataOptions & { json?: true }) => {
      const report = await compare(where);
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report));
      process.exitCode = report.reconciled ? 0 : 1;
    });
}

async function compare(where: DataOptions): Promise<ReconcileReport> {
  const running = await connectControl(await dataFolder(where));
  if (running !== null) return (await running.get('/reconcile')) as ReconcileReport;
  if (where.config === undefined) {
    throw new ConfigError('no bot runs on this data folder, so its chain and ledger must be named', {
      hints: ['Give --config FILE, or start the bot.'],
    });
  }
  const { reconcileOffline } = await import('../service/reconcile-offline.ts');
  return reconcileOffline(await loadConfig(where.config, { environment: process.env }), {
    clock: { now: () => Date.now() },
  });
}

function describe({ reconciled, transactions, fills, differences }: ReconcileReport): string {
  const head = `${transactions} transactions and ${fills} fills compared`;
  if (reconciled) return `${head}: chain and ledger agree\n`;
  return [`${head}: ${differences.length} differences`, ...differences.map((line) => `  ${line}`), ''].join('\n');
}
