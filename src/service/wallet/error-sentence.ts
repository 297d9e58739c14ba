import type { GridErrorName } from '../../contract/index.ts';

/** One sentence each, for the person whose transaction was refused. */
const sentences: Readonly<Record<GridErrorName, string>> = {
  transferInsufficientBalance: 'The sender has not that many STX.',
  transferSameParty: 'Sender and recipient of a transfer are the same.',
  transferNotPositive: 'A transfer moves more than zero.',
  transferNotSender: 'Only its owner may transfer STX.',
  ownerOnly: "Only the contract's owner may do this.",
  notFound: 'The prosumer is not registered.',
  unauthorized: 'The sender has no right to do this for this prosumer, or the rules on meters forbid it.',
  insufficientEnergy: 'The energy balance is below the amount.',
  alreadyRegistered: 'The sender is registered already.',
  tradeNotFound: 'No offer has this number.',
  tradeNotOpen: 'The offer is sold or cancelled.',
  insufficientFunds: 'The funds in the contract are below the amount.',
  selfTrade: 'A prosumer cannot buy its own offer.',
  invalidAmount: 'The amount is zero or too large, or the reading is not above the last one.',
  invalidPrice: 'The price is zero or too large, or a cost or limit is too large.',
  balanceCap: 'A balance would leave the range that the contract keeps it in.',
  pastHeight: 'The height named by the call or the offer has passed.',
  listLengthsDiffer: 'The lists of a batch have different lengths.',
  termsDiffer: 'The offer is not the one that was meant: another seller, amount or price.',
  delegationExpired: 'The delegation has expired.',
  spendLimit: "The cost is above what is left of the delegation's spend limit.",
  energyLimit: "The amount is above what is left of the delegation's energy limit.",
  priceLimit: "The price is outside the delegation's limits.",
  tooManyOpenTrades: 'The seller has as many open offers as one may have.',
};

export const errorSentence = (name: GridErrorName): string => sentences[name];
