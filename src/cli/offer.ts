import { Command } from 'commander';
import { reads } from '../contract/index.ts';
import { ConfigError, tradeId } from '../core/index.ts';
import { assertContract } from '../service/wallet/index.ts';
import { parseCount, parsePrice, parseWh, showMicroStx, showWh } from './amounts.ts';
import { type CommandIo, processIo } from './command-io.ts';
import { type CallDraft, signAndSend, type WalletSession } from './sign-and-send.ts';
import { type SigningOptions, withSigningOptions } from './wallet-options.ts';

/** `wattmaker offer`: what a prosumer trades by its own hand; taking back needs no operator. */
export function offerCommand(io: CommandIo = processIo()): Command {
  const list = new Command('list')
    .description('offer energy, open until it is bought or taken back')
    .argument('<amount>', 'Wh, or such as 2kWh', parseWh)
    .argument('<price>', 'µSTX per Wh, or such as 0.09STX/kWh', parsePrice);
  withSigningOptions(list).action((amount: bigint, price: bigint, options: SigningOptions) =>
    signAndSend(io, options, () => ({
      call: { kind: 'tradeEnergy', amount, price },
      notes: [`brings ${showMicroStx(amount * price)} when it is bought`],
      done: ({ value }) => `offer ${value}`,
    })),
  );

  const buy = new Command('buy').description('buy an offer, whole').argument('<id>', 'number of the offer', parseCount);
  withSigningOptions(buy).action((id: number, options: SigningOptions) =>
    signAndSend(io, options, (session) => draftBuy(session, id)),
  );

  const cancel = new Command('cancel')
    .description('take an offer of yours back, whoever listed it')
    .argument('<id>', 'number of the offer', parseCount);
  withSigningOptions(cancel).action((id: number, options: SigningOptions) =>
    signAndSend(io, options, () => ({
      call: { kind: 'cancelTrade', tradeId: BigInt(id) },
      done: () => `offer ${id} is taken back`,
    })),
  );

  return new Command('offer')
    .description('list, buy and take back offers by hand')
    .addCommand(list)
    .addCommand(buy)
    .addCommand(cancel);
}

/** Buys by a batch of one, which names amount and price: what was shown is bought, or nothing. */
async function draftBuy({ target, sender }: WalletSession, id: number): Promise<CallDraft> {
  await assertContract(target);
  const { height } = await target.chain.tip();
  const trade = await target.chain.read(reads.trade(tradeId(id)));
  if (trade?.status !== 'open') {
    throw new ConfigError(`expected offer ${id} to be open, was ${trade?.status ?? 'never listed'}`);
  }
  const { amount, price } = trade;
  return {
    call: {
      kind: 'buyEnergyFor',
      validUntil: BigInt(height + BUY_VALIDITY),
      entries: [{ buyer: sender.address, tradeId: BigInt(id), amount: BigInt(amount), maxPrice: BigInt(price) }],
    },
    notes: [
      `offer ${id}: ${showWh(amount)} at ${price} µSTX per Wh from ${trade.seller}`,
      `takes ${showMicroStx(BigInt(amount) * BigInt(price))} of your funds in the contract`,
    ],
    done: () => `${showWh(amount)} bought`,
  };
}

/** Blocks in which the purchase may still execute. */
const BUY_VALIDITY = 20;
