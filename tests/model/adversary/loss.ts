import type { GridEvent } from '../../../src/contract/index.ts';
import type { Principal } from '../../../src/core/index.ts';
import { worstCase } from '../../../src/service/wallet/index.ts';

type EventOf<Topic extends GridEvent['topic']> = Extract<GridEvent, { topic: Topic }>;

/** What one grant did to its prosumer: all in µSTX, gains not set against losses. */
export interface GrantLoss {
  readonly terms: EventOf<'delegation-granted'>;
  /** Σ (cost − fair × amount) over what was bought under it above the fair price; the whole cost of unattested energy. */
  buying: bigint;
  /** Σ (fair × amount − cost) over what was sold under it below the fair price. */
  selling: bigint;
  /** The funds that it could reach: deposited at the grant, and deposited or earned while it lasted. */
  spendable: bigint;
}

export interface LossOptions {
  readonly prosumer: Principal;
  /** µSTX per Wh. */
  readonly fair: bigint;
  /** Whether a meter vouches for all energy; energy that somebody made up is worth nothing to its buyer. */
  readonly attested: boolean;
}

const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

/** What each grant of a prosumer cost it, by the contract's events alone. */
export function lossesByGrant(events: readonly GridEvent[], { prosumer, fair, attested }: LossOptions): GrantLoss[] {
  const losses = new Map<number, GrantLoss>();
  const inForce = new Map<Principal, GrantLoss>();
  const grantOfOffer = new Map<number, GrantLoss>();
  let funds = 0n;
  const receive = (amount: number, height: number): void => {
    funds += BigInt(amount);
    for (const loss of inForce.values()) if (height <= loss.terms.expiresAt) loss.spendable += BigInt(amount);
  };
  for (const event of events) {
    if (event.topic === 'delegation-granted' && event.prosumer === prosumer) {
      const loss: GrantLoss = { terms: event, buying: 0n, selling: 0n, spendable: funds };
      losses.set(event.grantId, loss);
      inForce.set(event.operator, loss);
    } else if (event.topic === 'delegation-revoked' && event.prosumer === prosumer) inForce.delete(event.operator);
    else if (event.topic === 'funds-added' && event.prosumer === prosumer) receive(event.amount, event.height);
    else if (event.topic === 'funds-withdrawn' && event.prosumer === prosumer) funds -= BigInt(event.amount);
    else if (event.topic === 'trade-listed' && event.seller === prosumer && event.grant) {
      grantOfOffer.set(event.tradeId, losses.get(event.grant.id) as GrantLoss);
    } else if (event.topic === 'trade-bought') {
      const value = fair * BigInt(event.amount);
      const cost = BigInt(event.cost);
      if (event.buyer === prosumer) {
        funds -= cost;
        const loss = event.grant && losses.get(event.grant.id);
        if (loss) loss.buying += attested ? positive(cost - value) : cost;
      }
      if (event.seller === prosumer) {
        const loss = grantOfOffer.get(event.tradeId);
        if (loss) loss.selling += positive(value - cost);
        receive(event.cost, event.height);
      }
    }
  }
  return [...losses.values()];
}

/** The documented bound of a grant, as `wattmaker delegate` shows it, for the funds that the grant could reach. */
export function boundOf({ terms, spendable }: GrantLoss, { fair, attested }: LossOptions) {
  const { buyingNow, selling } = worstCase({
    spendLimit: BigInt(terms.spendLimit),
    energyLimit: BigInt(terms.energyLimit),
    maxBuyPrice: BigInt(terms.maxBuyPrice),
    minSellPrice: BigInt(terms.minSellPrice),
    funds: spendable,
    energyPrice: fair,
    metersRequired: attested,
  });
  return { buying: buyingNow, selling };
}
