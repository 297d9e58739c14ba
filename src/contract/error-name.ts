/** The contract's error codes by name; a code is never reused. u1 to u4 are those of the built-in STX transfer. */
export const gridErrors = {
  transferInsufficientBalance: 1,
  transferSameParty: 2,
  transferNotPositive: 3,
  transferNotSender: 4,
  ownerOnly: 100,
  notFound: 101,
  unauthorized: 102,
  insufficientEnergy: 103,
  alreadyRegistered: 104,
  tradeNotFound: 105,
  tradeNotOpen: 106,
  insufficientFunds: 107,
  selfTrade: 108,
  invalidAmount: 109,
  invalidPrice: 110,
  balanceCap: 111,
  pastHeight: 112,
  listLengthsDiffer: 113,
  termsDiffer: 114,
  delegationExpired: 116,
  spendLimit: 117,
  energyLimit: 118,
  priceLimit: 119,
  tooManyOpenTrades: 120,
} as const;

export type GridErrorName = keyof typeof gridErrors;

const namesByCode: ReadonlyMap<number, GridErrorName> = new Map(
  Object.entries(gridErrors).map(([name, code]) => [code, name as GridErrorName]),
);

/** The name of an error code, or null for one the contract does not declare. */
export function gridErrorName(code: number | bigint): GridErrorName | null {
  return namesByCode.get(Number(code)) ?? null;
}
