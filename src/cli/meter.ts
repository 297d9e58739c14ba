import { Command, Option } from 'commander';
import { parseCount, parseWh, showWh } from './amounts.ts';
import { type CommandIo, processIo } from './command-io.ts';
import { signAndSend } from './sign-and-send.ts';
import { parsePrincipal } from './wallet.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

interface ReadingOptions extends SigningOptions {
  readonly produced: bigint;
  readonly consumed: bigint;
  readonly id: number;
}

/** `wattmaker meter`: the assigned meter of a prosumer records readings. */
export function meterCommand(io: CommandIo = processIo()): Command {
  const record = new Command('record')
    .description("record what a prosumer produced and consumed; signed with its meter's key")
    .argument('<prosumer>', 'address of the prosumer')
    .addOption(required(new Option('--produced <amount>', 'Wh, or such as 2kWh').argParser(parseWh)))
    .addOption(required(new Option('--consumed <amount>', 'Wh, or such as 2kWh').argParser(parseWh)))
    .addOption(
      required(
        new Option('--id <number>', 'above that of the last reading; a repeated one counts once').argParser(parseCount),
      ),
    );
  withSigningOptions(record).action((prosumer: string, options: ReadingOptions) =>
    signAndSend(io, options, ({ target }) => ({
      call: {
        kind: 'recordReading',
        prosumer: parsePrincipal(prosumer, target.network),
        readingId: BigInt(options.id),
        produced: options.produced,
        consumed: options.consumed,
      },
      done: () => `reading ${options.id}: ${showWh(options.produced)} produced, ${showWh(options.consumed)} consumed`,
    })),
  );
  return new Command('meter').description('act as the meter of a prosumer').addCommand(record);
}

const required = (option: Option): Option => option.makeOptionMandatory();
