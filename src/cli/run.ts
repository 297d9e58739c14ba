import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig, type ServiceConfig } from '../service/config/index.ts';
import { createServiceLog, startService } from '../service/index.ts';
import { addressOf, type SignerProcess, startSignerProcess } from '../signer/index.ts';
import { processIo } from './command-io.ts';
import { type OperatorKey, operatorKey } from './operator-key.ts';
import { describePending, runUntilStopped } from './run-until-stopped.ts';
import { serviceOutput } from './service-output.ts';
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
      const key = await operatorKey(processIo(), config);
      // A dry run needs no secret, so it asks for none.
      const signer = options.dryRun ? null : await startSigner(config, key, options);
      try {
        await trade(config, { key, signer, options });
      } finally {
        await signer?.close();
      }
    });
}

async function startSigner(config: ServiceConfig, key: OperatorKey, options: RunOptions): Promise<SignerProcess> {
  const { network, chain, fees } = config;
  const keys = [await key.source(options)];
  return startSignerProcess({ keys, network, contractId: chain.contract, feeCap: fees.cap });
}

interface TradeParameters {
  readonly key: OperatorKey;
  /** Null for a dry run. */
  readonly signer: SignerProcess | null;
  readonly options: RunOptions;
}

async function trade(config: ServiceConfig, { key, signer, options }: TradeParameters): Promise<void> {
  const output = serviceOutput({ json: options.json === true });
  const operator = addressOf(key.publicKey, config.network);
  const service = await startService({
    config,
    operator,
    signer,
    directory: dirname(resolve(options.config)),
    clock: { now: () => Date.now() },
    log: createServiceLog(output.log),
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
    output.say(`Operator ${operator} on ${config.network}; control endpoint ${service.controlUrl}.`);
    const failure = signer === null ? service.failure : Promise.race([service.failure, signer.failure]);
    const drained = await runUntilStopped({ say: output.say }, { ...service, failure }, {});
    output.say(describePending(drained));
    if (options.json) process.stdout.write(`${JSON.stringify(await service.report())}\n`);
  } finally {
    await service.close();
  }
}
