import { Command } from 'commander';
import pc from 'picocolors';
import { loadConfig } from '../service/config/index.ts';
import { examine, type Finding } from '../service/index.ts';
import { addressOf } from '../signer/index.ts';
import { processIo } from './command-io.ts';
import { formatError } from './format-error.ts';
import { operatorKeys } from './operator-key.ts';

const marks = { ok: pc.green('ok  '), warn: pc.yellow('warn'), fail: pc.red('FAIL') } as const;

/** `wattmaker doctor`: examines what a config needs and names the mend of what is missing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check config, keys, node, clock, Redis, database, contract and delegations; exit 1 when one fails')
    .requiredOption('--config <file>', 'the YAML config file')
    .option('--json', 'print JSON')
    .action(async ({ config: file, json }: { config: string; json?: true }) => {
      const config = await loadConfig(file, { environment: process.env });
      const findings: Finding[] = [
        { name: 'config', state: 'ok', message: `${file}: ${config.accounts.length} accounts` },
      ];
      const keys = await operatorKeys(processIo(), config).catch((error: unknown) => {
        const message = formatError(error).split('\n')[0] ?? '';
        findings.push({ name: 'key', state: 'fail', message, mend: 'wattmaker keys list; wattmaker keys new' });
        return [];
      });
      const operators = keys.map(({ name, publicKey }) => ({ name, address: addressOf(publicKey, config.network) }));
      for (const { name, address } of operators) {
        findings.push({ name: 'key', state: 'ok', message: `"${name}" signs as ${address}` });
      }
      findings.push(
        ...(await examine(
          { clock: { now: () => Date.now() } },
          { config, operators: operators.map(({ address }) => address) },
        )),
      );
      const healthy = findings.every(({ state }) => state !== 'fail');
      process.stdout.write(json ? `${JSON.stringify({ healthy, findings })}\n` : describe(findings));
      process.exitCode = healthy ? 0 : 1;
    });
}

function describe(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ name, state, message, mend }) => [
    `${marks[state]}  ${name}: ${message}`,
    ...(mend === undefined ? [] : [`      mend: ${mend}`]),
  ]);
  return `${lines.join('\n')}\n`;
}
