import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { ConfigError } from '../core/index.ts';
import {
  DEFAULT_BLOCK_INTERVAL_MS,
  DEFAULT_PORT,
  type DevnetOptions,
  EPOCHS,
  type Epoch,
  type FaultLine,
  type FaultSchedule,
} from '../devnet/index.ts';

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly data?: string;
  readonly fresh?: true;
  readonly blockInterval: number;
  readonly accounts?: string;
  readonly fund?: Readonly<Record<string, string>>;
  readonly epoch?: Epoch;
  readonly faults?: FaultSchedule;
  readonly faultLog?: string;
  readonly json?: true;
}

/** `wattmaker devnet`: an embedded chain of its own, to develop and test against. */
export function devnetCommand(): Command {
  return new Command('devnet')
    .description('run an embedded Stacks chain that takes real signed transactions; docs/devnet.md says what it is not')
    .option('--port <number>', 'port to listen on, 0 for any free one', wholeNumber(0, 65_535), DEFAULT_PORT)
    .option('--host <address>', 'address to listen on; whoever reaches it can send transactions', '127.0.0.1')
    .option('--data <folder>', 'keep the chain in this folder and go on with it; without it the chain is forgotten')
    .option('--fresh', 'discard the chain that the data folder holds')
    .option(
      '--block-interval <milliseconds>',
      'time between two blocks, 0 to mine on demand only',
      wholeNumber(0, 2 ** 31 - 1),
      DEFAULT_BLOCK_INTERVAL_MS,
    )
    .option('--accounts <file>', 'JSON file with the first balances: {"ST…": "1000000", …} in microSTX')
    .option('--fund <address=microstx>', 'one first balance; repeatable', collectFund)
    .addOption(new Option('--epoch <epoch>', 'epoch of the chain (default "3.3")').choices(EPOCHS))
    .option(
      '--faults <schedule>',
      'what goes wrong by a seeded schedule: seed=7,requests=0.02,kinds=drop+delay',
      schedule,
    )
    .option('--fault-log <file>', 'write every fault to this file instead, one JSON object a line')
    .option('--json', 'print one JSON object instead of lines')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  if (flags.fresh && flags.data === undefined) {
    throw new ConfigError('expected --data with --fresh: without a folder every chain is a fresh one');
  }
  const { startDevnet } = await import('../devnet/start-devnet.ts');
  const toOutput = flags.faultLog === undefined ? { onFault: printFault(flags) } : {};
  const devnet = await startDevnet(optionsOf(flags), toOutput);
  announce(flags, devnet);
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    void devnet.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    await devnet.stopped;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function optionsOf(flags: Flags): DevnetOptions {
  const accounts = { ...(flags.accounts === undefined ? {} : accountsFile(flags.accounts)), ...flags.fund };
  return {
    port: flags.port,
    host: flags.host,
    fresh: flags.fresh === true,
    blockIntervalMs: flags.blockInterval,
    ...(flags.data === undefined ? {} : { dataFolder: resolve(flags.data) }),
    ...(flags.epoch === undefined ? {} : { epoch: flags.epoch }),
    ...(flags.faults === undefined ? {} : { faults: flags.faults }),
    ...(flags.faultLog === undefined ? {} : { faultLog: resolve(flags.faultLog) }),
    ...(Object.keys(accounts).length === 0 ? {} : { accounts }),
  };
}

function announce(
  { json }: Flags,
  {
    url,
    adminToken,
    tokenFile,
  }: { readonly url: string; readonly adminToken: string; readonly tokenFile: string | undefined },
): void {
  const token = tokenFile === undefined ? { adminToken } : { adminTokenFile: tokenFile };
  if (json) process.stdout.write(`${JSON.stringify({ url, ...token })}\n`);
  else process.stdout.write(`embedded chain at ${url}, admin token ${tokenFile ? `in ${tokenFile}` : adminToken}\n`);
}

const printFault =
  ({ json }: Flags) =>
  (line: FaultLine): void => {
    const { n, kind, source, what } = line;
    process.stdout.write(json ? `${JSON.stringify({ fault: line })}\n` : `fault ${n}: ${kind} (${source}), ${what}\n`);
  };

const Accounts = z.record(z.string(), z.union([z.string(), z.number().int()]).transform(String));

function accountsFile(path: string): Record<string, string> {
  try {
    return Accounts.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new ConfigError(`expected ${path} to hold balances in microSTX by address`, {
      cause,
      hints: ['Write it as JSON: {"ST…": "1000000"}.'],
    });
  }
}

function collectFund(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, address, amount] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
  if (address === undefined || amount === undefined) {
    throw new InvalidArgumentError('Expected ADDRESS=MICROSTX, for example ST1…=1000000.');
  }
  return { ...before, [address]: amount };
}

/** Only taken apart here; what the values may be is checked where they are used. */
function schedule(text: string): FaultSchedule {
  const pairs = text.split(',').map((part): [string, unknown] => {
    const [, key, value] = /^([a-z]+)=(.+)$/.exec(part) ?? [];
    if (key === undefined || value === undefined) {
      throw new InvalidArgumentError(`Expected KEY=VALUE,…, for example seed=7,posts=0.1, was "${part}".`);
    }
    if (key === 'kinds') return [key, value.split('+')];
    return [key, Number.isNaN(Number(value)) ? value : Number(value)];
  });
  return Object.fromEntries(pairs) as unknown as FaultSchedule;
}

function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}
