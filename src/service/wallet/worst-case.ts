/** The limits of a delegation with what a dishonest operator could find to abuse. All in µSTX, Wh and µSTX per Wh. */
export interface DelegationTerms {
  readonly spendLimit: bigint;
  readonly energyLimit: bigint;
  readonly maxBuyPrice: bigint;
  readonly minSellPrice: bigint;
  /** What the prosumer could lose now: its deposited funds. */
  readonly funds: bigint;
  /** Taken as the fair price. */
  readonly energyPrice: bigint;
  /** Without meters bought energy may have been made up by its seller, and then is worth nothing. */
  readonly metersRequired: boolean;
}

export interface WorstCase {
  /** Lost by buying at the highest price the delegation allows, with all of the spend limit deposited. */
  readonly buying: bigint;
  /** The same with no more than the funds deposited now. */
  readonly buyingNow: bigint;
  /** Lost by selling at the lowest price the delegation allows. */
  readonly selling: bigint;
}

/**
 * The most that an operator who colludes with the other side can cost the prosumer, rounded up: spend × (1 − fair ÷
 * max-buy) + energy × max(0, fair − min-sell), and all of the spend where energy is self-reported. The contract's limits
 * hold it to this whatever it signs.
 */
export function worstCase(terms: DelegationTerms): WorstCase {
  const { spendLimit, energyLimit, minSellPrice, funds, energyPrice } = terms;
  return {
    buying: lostByBuying(spendLimit, terms),
    buyingNow: lostByBuying(funds < spendLimit ? funds : spendLimit, terms),
    selling: energyPrice > minSellPrice ? energyLimit * (energyPrice - minSellPrice) : 0n,
  };
}

function lostByBuying(spent: bigint, { maxBuyPrice, energyPrice, metersRequired }: DelegationTerms): bigint {
  if (maxBuyPrice === 0n) return 0n;
  if (!metersRequired) return spent;
  if (maxBuyPrice <= energyPrice) return 0n;
  return (spent * (maxBuyPrice - energyPrice) + maxBuyPrice - 1n) / maxBuyPrice;
}
