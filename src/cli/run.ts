import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../service/config/index.ts';
import { createServiceLog, startService } from '../service/index.ts';
import { addressOf, createLocalSigner, type Key } from '../signer/index.ts';
import { processIo } from './command-io.ts';
import { operatorKeys } from './operator-key.ts';
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
      const output = serviceOutput({ json: options.json === true });
      const config = await loadConfig(options.config, { environment: process.env });
      const { network, chain, fees } = config;
      const found = await operatorKeys(processIo(), config);
      const operators = found.map(({ publicKey }) => addressOf(publicKey, network));
      const keys: Key[] = [];
      // A dry run needs no secret, so it asks for none. One question at a time.
      if (!options.dryRun) for (const key of found) keys.push(await key.unlock(options));
      const service = await startService({
        config,
        operators,
        signer: options.dryRun
          ? null
          : createLocalSigner({ keys, network, contractId: chain.contract, feeCap: fees.cap }),
        directory: dirname(resolve(options.config)),
        clock: { now: () => Date.now() },
        log: createServiceLog(output.log),
        listener: (event) => output.listener(event),
      });
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
      try {
        const drained = await runUntilStopped({ say: output.say }, service, {});
        output.say(describePending(drained));
        if (options.json) process.stdout.write(`${JSON.stringify(await service.report())}\n`);
      } finally {
        await service.close();
      }
    });
}
