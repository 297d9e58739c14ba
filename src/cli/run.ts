import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig, type ServiceConfig } from '../service/config/index.ts';
import { createServiceLog, startService } from '../service/index.ts';
import { addressOf } from '../signer/index.ts';
import { processIo } from './command-io.ts';
import { type OperatorKey, type OperatorSigner, operatorKeys, startOperatorSigner } from './operator-key.ts';
import { recordLiveRun } from './record/record-live-run.ts';
import { describePending, endSoon, runUntilStopped } from './run-until-stopped.ts';
import { type ServiceOutput, serviceOutput } from './service-output.ts';
import { createTerminalView } from './view/terminal-view.ts';

interface RunOptions {
  readonly config: string;
  readonly dryRun?: true;
  readonly passwordFile?: string;
  readonly json?: true;
}

/** `wattmaker run`: the bot as a service, by its config file. */
export function runCommand(): Command {
  return new Command('run')
    .description('trade for the accounts of a config file until stopped')
    .requiredOption('--config <file>', 'the YAML config file; see `wattmaker config example`')
    .option('--dry-run', 'do everything but sign: decisions are shown, nothing is sent, no ledger is touched')
    .option('--password-file <file>', "holds the password of the operator's key; else WATTMAKER_PASSWORD, else asked")
    .option('--json', 'print one JSON object at the end, and log lines before it')
    .action(async (options: RunOptions) => {
      const config = await loadConfig(options.config, { environment: process.env });
      const keys = await operatorKeys(processIo(), config);
      // A dry run needs no secret, so it asks for none.
      const signer = options.dryRun ? null : await startOperatorSigner(config, keys, options);
      const output = serviceOutput({ json: options.json === true });
      try {
        await trade(config, { output, keys, signer, options });
      } finally {
        await signer?.close();
        endSoon(output);
      }
    });
}

interface TradeParameters {
  readonly output: ServiceOutput;
  readonly keys: readonly OperatorKey[];
  /** Null for a dry run. */
  readonly signer: OperatorSigner | null;
  readonly options: RunOptions;
}

async function trade(config: ServiceConfig, { output, keys, signer, options }: TradeParameters): Promise<void> {
  const operators = keys.map(({ publicKey }) => addressOf(publicKey, config.network));
  const log = createServiceLog(output.log);
  const service = await startService({
    config,
    operators,
    signer: signer?.ready ?? null,
    directory: dirname(resolve(options.config)),
    clock: { now: () => Date.now() },
    log,
    recordRun: recordLiveRun({ log }),
    listener: (event) => output.listener(event),
  });
  try {
    const names = new Map(config.accounts.map(({ address, name }) => [address, name]));
    output.show(
      createTerminalView({
        out: process.stdout,
        names,
        profit: () => service.profit(),
        showAllowed: options.dryRun === true,
      }),
    );
    output.say(`Operator ${operators.join(', ')} on ${config.network}; control endpoint ${service.controlUrl}.`);
    const signing = await signer?.ready;
    const failure = signing === undefined ? service.failure : Promise.race([service.failure, signing.failure]);
    const drained = await runUntilStopped({ say: output.say }, { ...service, failure }, {});
    output.say(describePending(drained));
    if (options.json) process.stdout.write(`${JSON.stringify(await service.report())}\n`);
  } finally {
    await service.close();
  }
}
