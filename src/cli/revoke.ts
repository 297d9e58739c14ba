import { Command } from 'commander';
import { type CommandIo, processIo } from './command-io.ts';
import { signAndSend } from './sign-and-send.ts';
import { parsePrincipal } from './wallet.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

/** `wattmaker revoke`: ends a delegation. */
export function revokeCommand(io: CommandIo = processIo()): Command {
  const command = new Command('revoke')
    .description('end what you delegated to an operator')
    .argument('<operator>', 'address of the operator');
  return withSigningOptions(command).action((operator: string, options: SigningOptions) =>
    signAndSend(io, options, ({ target }) => ({
      call: { kind: 'revokeDelegation', operator: parsePrincipal(operator, target.network) },
      done: () => `${operator} can no longer trade for you`,
    })),
  );
}
