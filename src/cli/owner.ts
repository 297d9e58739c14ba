import { Argument, Command } from 'commander';
import { parsePrice } from './amounts.ts';
import { type CommandIo, processIo } from './command-io.ts';
import { signAndSend, type WalletSession } from './sign-and-send.ts';
import { parsePrincipal } from './wallet.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

/** `wattmaker owner`: what only the account that deployed the contract may do. */
export function ownerCommand(io: CommandIo = processIo()): Command {
  const setPrice = new Command('set-price')
    .description('set the energy price for everyone')
    .argument('<price>', 'µSTX per Wh, or such as 0.09STX/kWh', parsePrice);
  withSigningOptions(setPrice).action((price: bigint, options: SigningOptions) =>
    signAndSend(io, options, (session) => ({
      call: { kind: 'setEnergyPrice', price },
      notes: ownerNotes(session),
      done: () => `the energy price is ${price} µSTX per Wh`,
    })),
  );

  const requireMeters = new Command('require-meters')
    .description("let only assigned meters' readings change energy, or let prosumers report their own again")
    .addArgument(new Argument('<state>').choices(['on', 'off']));
  withSigningOptions(requireMeters).action((state: 'on' | 'off', options: SigningOptions) =>
    signAndSend(io, options, (session) => ({
      call: { kind: 'requireMeters', required: state === 'on' },
      notes: ownerNotes(session),
      done: () => (state === 'on' ? 'meters are required' : 'prosumers report their own energy'),
    })),
  );

  const assignMeter = new Command('assign-meter')
    .description('name the account whose readings count for a prosumer')
    .argument('<prosumer>', 'address of the prosumer')
    .argument('<meter>', 'address of its meter');
  withSigningOptions(assignMeter).action((prosumer: string, meter: string, options: SigningOptions) =>
    signAndSend(io, options, (session) => ({
      call: {
        kind: 'assignMeter',
        prosumer: parsePrincipal(prosumer, session.target.network),
        meter: parsePrincipal(meter, session.target.network),
      },
      notes: ownerNotes(session),
      done: () => `${meter} is the meter of ${prosumer}`,
    })),
  );

  return new Command('owner')
    .description("what the contract's owner may do")
    .addCommand(setPrice)
    .addCommand(requireMeters)
    .addCommand(assignMeter);
}

const ownerNotes = ({ sender, target }: WalletSession): readonly string[] =>
  target.contractId.startsWith(`${sender.address}.`)
    ? []
    : ["the sender did not deploy this contract: only its owner's transactions succeed"];
