import { Command } from 'commander';
import type { GridCall } from '../contract/index.ts';
import { parseWh, showWh } from './amounts.ts';
import { type CommandIo, processIo } from './command-io.ts';
import { signAndSend } from './sign-and-send.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

/** `wattmaker energy`: a prosumer reports its own energy, while the contract requires no meters. */
export function energyCommand(io: CommandIo = processIo()): Command {
  const report = (name: string, description: string, kind: Extract<GridCall['kind'], 'addEnergy' | 'consumeEnergy'>) =>
    withSigningOptions(
      new Command(name).description(description).argument('<amount>', 'Wh, or such as 2kWh', parseWh),
    ).action((amount: bigint, options: SigningOptions) =>
      signAndSend(io, options, () => ({
        call: { kind, amount },
        notes: ['self-reported energy is a sandbox: the contract takes it until the owner requires meters'],
        done: () => `${showWh(amount)} reported`,
      })),
    );
  return new Command('energy')
    .description('report your own energy (while no meters are required)')
    .addCommand(report('add', 'report energy as produced', 'addEnergy'))
    .addCommand(report('consume', 'report energy as consumed', 'consumeEnergy'));
}
