import Table from 'cli-table3';
import { Command } from 'commander';
import type { LaneStatus } from '../execution/index.ts';
import { requireControl } from '../service/control/index.ts';
import type { RunReport } from '../service/index.ts';
import type { Bench, HaltState, TurnSummary } from '../trading/index.ts';
import { configOption, type DataOptions, dataFolder, dataOption } from './data-option.ts';
import { formatEnergy, formatStx } from './view/format.ts';

type Status = RunReport & {
  readonly standby: boolean;
  readonly haltState: HaltState;
  readonly lanes: readonly LaneStatus[];
  readonly trouble: string | null;
  readonly market: TurnSummary | null;
  readonly benched: readonly Bench[];
  /** Account names by address. */
  readonly names: Readonly<Record<string, string>>;
};

/** `wattmaker status`: what the running bot does. */
export function statusCommand(): Command {
  return new Command('status')
    .description('show what the running bot holds, has under way and has earned')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--json', 'print JSON')
    .action(async ({ json, ...where }: DataOptions & { json?: true }) => {
      const control = await requireControl(await dataFolder(where));
      const status = (await control.get('/status')) as Status;
      process.stdout.write(json ? `${JSON.stringify(status)}\n` : describe(status));
    });
}

function describe(status: Status): string {
  const { transactions, fills, market, names } = status;
  const accounts = new Table({
    head: ['account', 'strategy', 'energy', 'on offer', 'funds', 'need'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
  });
  for (const each of market?.accounts ?? []) {
    accounts.push([
      names[each.account] ?? each.account,
      each.strategy,
      formatEnergy(each.energy),
      formatEnergy(each.escrowed),
      formatStx(each.funds),
      formatEnergy(each.targetWh),
    ]);
  }
  return [
    ...(status.standby ? ['standing by: another process holds the lanes'] : []),
    `trading is ${status.haltState} at block ${status.height} of ${status.chainUrl}`,
    ...(status.trouble === null ? [] : [`trouble: ${status.trouble}`]),
    ...status.lanes.map(describeLane),
    ...status.benched.map(({ strategy, reason }) => `benched: ${strategy}: ${reason}`),
    `energy price ${market?.energyPrice ?? 'unknown'} µSTX/Wh, ${market?.openOffers ?? 0} open offers`,
    accounts.toString(),
    `transactions: ${transactions.confirmed} confirmed, ${transactions.reverted} reverted, ${transactions.pending} pending`,
    `trades: ${fills.bought} bought, ${fills.sold} sold, ${fills.own} among own accounts; ${status.listed} offers listed`,
    ...Object.entries(status.failedEntries).map(([name, count]) => `failed entries: ${count} × ${name}`),
    `fees ${formatStx(status.feesMicroStx)}, profit ${formatStx(status.profitMicroStx)}`,
    `queue: ${status.queue}`,
    `ledger: ${status.ledger}`,
    '',
  ].join('\n');
}

function describeLane({ operator, epoch, unconfirmed, balance, paused, halt }: LaneStatus): string {
  const state =
    halt !== null ? `HALTED, ${halt.cause}: ${halt.reason}` : paused !== null ? `paused: ${paused}` : 'sending';
  const held = epoch === null ? '' : `, epoch ${epoch}`;
  return `lane ${operator}${held}: ${state}; ${unconfirmed} unconfirmed, ${formatStx(balance)} for fees`;
}
