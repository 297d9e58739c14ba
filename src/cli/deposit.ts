import { Command } from 'commander';
import { parseMicroStx, showMicroStx } from './amounts.ts';
import { type CommandIo, processIo } from './command-io.ts';
import { signAndSend } from './sign-and-send.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

/** `wattmaker deposit`: STX from the wallet become funds in the contract. */
export function depositCommand(io: CommandIo = processIo()): Command {
  const command = new Command('deposit')
    .description('move STX from the wallet into your funds in the contract')
    .argument('<amount>', 'µSTX, or such as 1.5STX', parseMicroStx);
  return withSigningOptions(command).action((amount: bigint, options: SigningOptions) =>
    signAndSend(io, options, () => ({
      call: { kind: 'addFunds', amount },
      done: () => `${showMicroStx(amount)} are in the contract`,
    })),
  );
}
