import { Command } from 'commander';
import { ConfigError, type TxId, txId } from '../core/index.ts';
import type { CancelReport } from '../execution/index.ts';
import { requireControl } from '../service/control/index.ts';
import { configOption, type DataOptions, dataFolder, dataOption } from './data-option.ts';

interface CancelOptions extends DataOptions {
  readonly all?: true;
  readonly json?: true;
}

/** `wattmaker cancel` */
export function cancelCommand(): Command {
  return new Command('cancel')
    .description('take back transactions that the chain has not decided yet, by others that do nothing')
    .argument('[txids...]', 'ids of any of their attempts')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--all', 'whatever is under way or waits to be sent; halt first, or the bot decides anew')
    .option('--json', 'print JSON')
    .action(async (ids: readonly string[], { all, json, ...where }: CancelOptions) => {
      if ((all === true) === ids.length > 0) {
        throw new ConfigError(`expected ids of transactions or --all, was ${ids.length === 0 ? 'neither' : 'both'}`, {
          hints: ['The log and the view name each transaction by its id.'],
        });
      }
      const transactions = ids.map(parseTxId);
      const control = await requireControl(await dataFolder(where));
      const answer = (await control.post('/cancel', all ? { all } : { transactions })) as CancelReport;
      process.stdout.write(`${json ? JSON.stringify(answer) : told(answer)}\n`);
      if (answer.kept.length > 0) process.exitCode = 1;
    });
}

function parseTxId(text: string): TxId {
  const digits = text.replace(/^0x/, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return txId(digits);
  throw new ConfigError(`expected a transaction id of 64 hex digits, was "${text}"`);
}

function told({ cancelled, replaced, kept }: CancelReport): string {
  const lines = [
    `${cancelled.length} intents had no nonce yet and are cancelled.`,
    `${replaced.length} are in transactions that are replaced by one that does nothing; the chain decides which is mined.`,
  ];
  if (kept.length === 0) return lines.join('\n');
  return [
    ...lines,
    `${kept.length} could not be taken back: their transaction was mined meanwhile, is at the highest fee, or cannot be paid for.`,
  ].join('\n');
}
