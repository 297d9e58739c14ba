import { Command, Option } from 'commander';
import { reads } from '../contract/index.ts';
import { ConfigError } from '../core/index.ts';
import { assertContract, worstCase } from '../service/wallet/index.ts';
import { parseCount, parseMicroStx, parsePrice, parseWh, showMicroStx } from './amounts.ts';
import { type CommandIo, processIo } from './command-io.ts';
import { type CallDraft, signAndSend, type WalletSession } from './sign-and-send.ts';
import { parsePrincipal } from './wallet.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

interface DelegateOptions extends SigningOptions {
  readonly spend: bigint;
  readonly energy: bigint;
  readonly maxBuy: bigint;
  readonly minSell: bigint;
  readonly expiresAt?: number;
  readonly expiresIn?: number;
}

/** `wattmaker delegate`: lets an operator trade for the sender, within limits that the contract holds. */
export function delegateCommand(io: CommandIo = processIo()): Command {
  const command = new Command('delegate')
    .description('let an operator trade for you, within limits that the contract enforces')
    .argument('<operator>', 'address of the operator')
    .addOption(mandatory('--spend <amount>', 'most it may spend in all: µSTX, or such as 5STX', parseMicroStx))
    .addOption(mandatory('--energy <amount>', 'most it may sell and offer in all: Wh, or such as 20kWh', parseWh))
    .addOption(
      mandatory('--max-buy <price>', 'highest price to buy at: µSTX per Wh, or such as 0.12STX/kWh', parsePrice),
    )
    .addOption(
      mandatory('--min-sell <price>', 'lowest price to sell at: µSTX per Wh, or such as 0.08STX/kWh', parsePrice),
    )
    .addOption(new Option('--expires-at <height>', 'last block height at which it may trade').argParser(parseCount))
    .addOption(
      new Option('--expires-in <blocks>', 'the same, counted from the present block')
        .argParser(parseCount)
        .conflicts('expiresAt'),
    );
  return withSigningOptions(command).action((operator: string, options: DelegateOptions) =>
    signAndSend(io, options, (session) => draft(session, operator, options)),
  );
}

const mandatory = (flags: string, description: string, parse: (text: string) => bigint): Option =>
  new Option(flags, description).argParser(parse).makeOptionMandatory();

async function draft(session: WalletSession, operator: string, options: DelegateOptions): Promise<CallDraft> {
  await assertContract(session.target);
  const { spend: spendLimit, energy: energyLimit, maxBuy: maxBuyPrice, minSell: minSellPrice } = options;
  return {
    call: {
      kind: 'delegateTrading',
      operator: parsePrincipal(operator, session.target.network),
      spendLimit,
      energyLimit,
      maxBuyPrice,
      minSellPrice,
      expiresAt: await expiryOf(session, options),
    },
    notes: await worstCaseNotes(session, options),
    done: ({ value }) => `grant ${value} to ${operator}`,
  };
}

async function expiryOf({ target }: WalletSession, { expiresAt, expiresIn }: DelegateOptions): Promise<bigint> {
  if (expiresAt !== undefined) return BigInt(expiresAt);
  if (expiresIn !== undefined) return BigInt((await target.chain.tip()).height + expiresIn);
  throw new ConfigError('expected an end of the delegation, was not given', {
    hints: ['Give --expires-in BLOCKS or --expires-at HEIGHT.'],
  });
}

/** What an operator could do at worst, in plain words. */
async function worstCaseNotes({ target, sender }: WalletSession, options: DelegateOptions): Promise<readonly string[]> {
  const { spend, energy, maxBuy, minSell } = options;
  const [market, prosumer] = await Promise.all([
    target.chain.read(reads.market()),
    target.chain.read(reads.prosumer(sender.address)),
  ]);
  const { buying, buyingNow, selling } = worstCase({
    spendLimit: spend,
    energyLimit: energy,
    maxBuyPrice: maxBuy,
    minSellPrice: minSell,
    funds: BigInt(prosumer?.funds ?? 0),
    energyPrice: BigInt(market.energyPrice),
    metersRequired: market.metersRequired,
  });
  return [
    'the operator can take nothing out: it can only trade for you, within these limits, until they end or you revoke it',
    `at worst it trades with a partner at the worst allowed prices. At the present energy price of ${market.energyPrice} µSTX per Wh you lose at most:`,
    `  ${showMicroStx(buying)} by buying (${showMicroStx(buyingNow)} with the funds you have deposited now)${
      market.metersRequired || buying === 0n ? '' : ': all it spends, since without meters the energy may be made up'
    }`,
    `  ${showMicroStx(selling)} by selling`,
    ...(prosumer === null ? ['the sender is not registered yet: register first, else the contract refuses'] : []),
  ];
}
