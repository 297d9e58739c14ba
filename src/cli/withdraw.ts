import { Command } from 'commander';
import { parseMicroStx, showMicroStx } from './amounts.ts';
import { type CommandIo, processIo } from './command-io.ts';
import { signAndSend } from './sign-and-send.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

/** `wattmaker withdraw`: funds in the contract go back into the wallet. */
export function withdrawCommand(io: CommandIo = processIo()): Command {
  const command = new Command('withdraw')
    .description('move STX from your funds in the contract back into the wallet')
    .argument('<amount>', 'µSTX, or such as 1.5STX', parseMicroStx);
  return withSigningOptions(command).action((amount: bigint, options: SigningOptions) =>
    signAndSend(io, options, () => ({
      call: { kind: 'withdrawFunds', amount },
      done: () => `${showMicroStx(amount)} are back in the wallet`,
    })),
  );
}
