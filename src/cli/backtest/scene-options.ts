import { validateStacksAddress } from '@stacks/transactions';
import { type Command, Option } from 'commander';
import { ConfigError } from '../../core/index.ts';
import { parseCount, parseMicroStx, parsePrice, parseWh } from '../amounts.ts';

/** Collects the values of an option that is given once for each. */
export const listed = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

const option = (flags: string, description: string): Option => new Option(flags, description);

/** Adds what says on which account, market and blocks a backtest is played. */
export function withSceneOptions(command: Command): Command {
  return command
    .addOption(
      option('--funds <amount>', 'funds of the new account').argParser(parseMicroStx).default(100_000_000n, '100STX'),
    )
    .addOption(option('--energy <amount>', 'energy of the new account').argParser(parseWh).default(0n, '0'))
    .addOption(
      option('--target <amount>', 'the energy that the account wants to hold').argParser(parseWh).default(0n, '0'),
    )
    .addOption(
      option('--as <address>', 'trade in place of an account that the recording knows').argParser(parseAccount),
    )
    .addOption(
      option('--latency <blocks>', 'from the tip of a turn to the block that executes')
        .argParser(parseCount)
        .default(1),
    )
    .addOption(
      option('--settle <blocks>', 'settle with the grid after each slot; default at the end alone').argParser(
        parseCount,
      ),
    )
    .addOption(option('--import <price>', 'the grid asks; default the energy price').argParser(parsePrice))
    .addOption(option('--feed-in <price>', 'the grid pays; default 40 % of the energy price').argParser(parsePrice))
    .addOption(option('--fee-rate <rate>', 'µSTX per byte of a transaction').argParser(parseRate).default(1.2))
    .addOption(option('--block-seconds <seconds>', 'from one block to the next').argParser(parseRate).default(10))
    .addOption(option('--limit <name=value>', 'a limit of risk; once for each').argParser(listed))
    .addOption(option('--from <height>', 'the first tip to trade at').argParser(parseCount))
    .addOption(option('--to <height>', 'the last tip to trade at').argParser(parseCount))
    .addOption(option('--seed <number>', 'decides whatever is left to chance').argParser(parseSeed).default(1));
}

/** Of any network: a recording says itself whose accounts it has. */
function parseAccount(text: string): string {
  if (!validateStacksAddress(text.split('.')[0] ?? '')) {
    throw new ConfigError(`expected a Stacks address, was "${text}"`);
  }
  return text;
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (text.trim() === '' || !Number.isFinite(rate) || rate <= 0)
    throw new ConfigError(`expected a number above 0, was "${text}"`);
  return rate;
}

function parseSeed(text: string): number {
  const seed = parseCount(text);
  if (seed >= 2 ** 31) throw new ConfigError(`expected a seed below ${2 ** 31}, was "${text}"`);
  return seed;
}
