import { Command } from 'commander';
import { type CommandIo, processIo } from './command-io.ts';
import { signAndSend } from './sign-and-send.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

/** `wattmaker register`: the sender becomes a prosumer. */
export function registerCommand(io: CommandIo = processIo()): Command {
  const command = new Command('register').description('register as a prosumer');
  return withSigningOptions(command).action((options: SigningOptions) =>
    signAndSend(io, options, ({ sender }) => ({
      call: { kind: 'registerProsumer' },
      done: () => `${sender.address} is a prosumer`,
    })),
  );
}
