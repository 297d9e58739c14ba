import type { GrantId, Height, MicroStx, Price, Principal, Sequence, TradeId, Wh } from '../core/index.ts';

/** What is left of a delegation after a delegated listing or its cancellation. */
export interface EnergyGrant {
  readonly id: GrantId;
  readonly energyLeft: Wh;
}

/** What is left of a delegation after a delegated buy. */
export interface SpendGrant {
  readonly id: GrantId;
  readonly spendLeft: MicroStx;
}

/**
 * One numbered print of the contract, decoded. Balances are those after the event. Each event carries all that the
 * fold needs.
 */
export type GridEvent = {
  readonly sequence: Sequence;
  /** Of the block that holds it. */
  readonly height: Height;
} & GridEventBody;

export type GridEventBody =
  | { readonly topic: 'prosumer-registered'; readonly prosumer: Principal }
  | {
      readonly topic: 'energy-added' | 'energy-consumed';
      readonly prosumer: Principal;
      readonly amount: Wh;
      readonly energyBalance: Wh;
    }
  | {
      readonly topic: 'funds-added' | 'funds-withdrawn';
      readonly prosumer: Principal;
      readonly amount: MicroStx;
      readonly fundsBalance: MicroStx;
    }
  | {
      readonly topic: 'trade-listed';
      readonly tradeId: TradeId;
      readonly seller: Principal;
      readonly operator: Principal;
      readonly amount: Wh;
      readonly price: Price;
      readonly openUntil: Height | null;
      readonly energyBalance: Wh;
      readonly grant: EnergyGrant | null;
    }
  | {
      readonly topic: 'trade-cancelled';
      readonly tradeId: TradeId;
      readonly seller: Principal;
      readonly operator: Principal;
      readonly amount: Wh;
      readonly energyBalance: Wh;
      readonly grant: EnergyGrant | null;
    }
  | {
      readonly topic: 'trade-bought';
      readonly tradeId: TradeId;
      readonly seller: Principal;
      readonly buyer: Principal;
      readonly operator: Principal;
      readonly amount: Wh;
      readonly price: Price;
      readonly cost: MicroStx;
      readonly buyerEnergy: Wh;
      readonly buyerFunds: MicroStx;
      readonly sellerEnergy: Wh;
      readonly sellerFunds: MicroStx;
      readonly grant: SpendGrant | null;
    }
  | { readonly topic: 'energy-price-set'; readonly price: Price }
  | { readonly topic: 'meters-required'; readonly required: boolean }
  | { readonly topic: 'meter-assigned'; readonly prosumer: Principal; readonly meter: Principal }
  | {
      readonly topic: 'reading-recorded';
      readonly prosumer: Principal;
      readonly meter: Principal;
      readonly readingId: number;
      readonly produced: Wh;
      readonly consumed: Wh;
      readonly energyBalance: Wh;
    }
  | {
      readonly topic: 'delegation-granted';
      readonly prosumer: Principal;
      readonly operator: Principal;
      readonly grantId: GrantId;
      readonly spendLimit: MicroStx;
      readonly energyLimit: Wh;
      readonly maxBuyPrice: Price;
      readonly minSellPrice: Price;
      readonly expiresAt: Height;
    }
  | {
      readonly topic: 'delegation-revoked';
      readonly prosumer: Principal;
      readonly operator: Principal;
      readonly grantId: GrantId;
    };
