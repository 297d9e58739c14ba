/**
 * Every reason for which risk denies an intent, with a sentence for people; the order is that of the checks. A code is
 * never reused.
 */
export const riskCodes = {
  HALTED: 'Trading is halted: nothing is sent until it is resumed.',
  REDUCING: 'Trading only reduces: cancels, and listings of energy above the stated need, are all that is sent.',
  STALE_DATA: 'The market data is older than the limit allows, so a decision could rest on offers that are gone.',
  UNKNOWN_OFFER: 'The offer is not open, has expired, or is one that the account was not shown.',
  OFFER_TAKEN: 'An unconfirmed intent, or one earlier in this turn, already claims the offer.',
  OWN_TRADE: 'The offer belongs to another account of this bot, and trading among them only pays fees.',
  TERMS_DIFFER: 'The intent names another amount than the offer has, or a highest price below its price.',
  NOT_CANCELLABLE: 'The operator did not list the offer and its height has not passed, so the contract would refuse.',
  INVALID_TERMS: 'The amount, the price or their product is not one that the contract admits.',
  OPEN_UNTIL: 'The listing would expire before it can be bought.',
  UNATTESTED_SELLER: 'The energy is not attested by a meter, and the account or the contract demands that.',
  PRICE_BAND: 'The price is too far from the energy price.',
  SPEND_PER_TURN: 'The account would spend more in this turn than its limit.',
  SPEND_PER_DAY: 'The account would spend more today than its limit.',
  ENERGY_PER_TURN: 'The account would move more energy in this turn than its limit.',
  OPEN_OFFERS: 'The account would have more open offers than its limit, or than the contract admits.',
  INSUFFICIENT_FUNDS: 'The account has not the funds, counting what unconfirmed intents may still spend.',
  FUNDS_RESERVE: 'The account would fall below the funds that it is to keep.',
  INSUFFICIENT_ENERGY: 'The account has not the energy, counting what unconfirmed intents may still list.',
  FEE_BUDGET: "The intent's network fee does not fit in the account's budget for today.",
  FEE_RESERVE: "The operator's wallet would fall below the µSTX that it is to keep for fees.",
  NO_DELEGATION: 'The prosumer has not delegated trading to the operator.',
  DELEGATION_EXPIRED: 'The delegation is past its height.',
  DELEGATION_MAX_BUY: 'The price is above the highest that the delegation allows to buy at.',
  DELEGATION_MIN_SELL: 'The price is below the lowest that the delegation allows to sell at.',
  DELEGATION_SPEND: 'The cost is above what is left of the spend limit of the delegation.',
  DELEGATION_ENERGY: 'The amount is above what is left of the energy limit of the delegation.',
  INTENTS_PER_TURN: 'The account would send more intents in this turn than its limit.',
  LANE_CAPACITY: "The operator's lane has no room for another entry until earlier transactions confirm.",
} as const;

export type RiskCode = keyof typeof riskCodes;
