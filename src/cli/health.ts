import { Command } from 'commander';
import { requireControl } from '../service/control/index.ts';
import { configOption, type DataOptions, dataFolder, dataOption } from './data-option.ts';

/** `wattmaker health`: asks `/healthz` of the running bot; for container health checks. */
export function healthCommand(): Command {
  return new Command('health')
    .description('exit 0 when the running bot is healthy, 1 when it is not')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--json', 'print JSON')
    .action(async ({ json, ...where }: DataOptions & { json?: true }) => {
      const control = await requireControl(await dataFolder(where));
      const answer = (await control.get('/healthz')) as { readonly ok: boolean; readonly reason?: string };
      process.stdout.write(`${json ? JSON.stringify(answer) : answer.ok ? 'healthy' : answer.reason}\n`);
      process.exitCode = answer.ok ? 0 : 1;
    });
}
