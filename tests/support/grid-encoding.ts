import { Cl, type ClarityValue, serializeCV } from '@stacks/transactions';
import type {
  DelegationRecord,
  GridEvent,
  MarketSummary,
  ProsumerRecord,
  TradeRecord,
} from '../../src/contract/index.ts';

/** The contract's values as Clarity: the other direction of the binding, which only a chain needs. */

const optional = (value: ClarityValue | null): ClarityValue => (value === null ? Cl.none() : Cl.some(value));

function fieldsOf(event: GridEvent): Record<string, ClarityValue> {
  switch (event.topic) {
    case 'prosumer-registered':
      return { prosumer: Cl.principal(event.prosumer) };
    case 'energy-added':
    case 'energy-consumed':
      return {
        prosumer: Cl.principal(event.prosumer),
        amount: Cl.uint(event.amount),
        'energy-balance': Cl.int(event.energyBalance),
      };
    case 'funds-added':
    case 'funds-withdrawn':
      return {
        prosumer: Cl.principal(event.prosumer),
        amount: Cl.uint(event.amount),
        'funds-balance': Cl.uint(event.fundsBalance),
      };
    case 'trade-listed':
    case 'trade-cancelled':
      return {
        'trade-id': Cl.uint(event.tradeId),
        seller: Cl.principal(event.seller),
        operator: Cl.principal(event.operator),
        amount: Cl.uint(event.amount),
        'energy-balance': Cl.int(event.energyBalance),
        grant: optional(
          event.grant && Cl.tuple({ id: Cl.uint(event.grant.id), 'energy-left': Cl.uint(event.grant.energyLeft) }),
        ),
        ...(event.topic === 'trade-listed'
          ? {
              price: Cl.uint(event.price),
              'open-until': optional(event.openUntil === null ? null : Cl.uint(event.openUntil)),
            }
          : {}),
      };
    case 'trade-bought':
      return {
        'trade-id': Cl.uint(event.tradeId),
        seller: Cl.principal(event.seller),
        buyer: Cl.principal(event.buyer),
        operator: Cl.principal(event.operator),
        amount: Cl.uint(event.amount),
        price: Cl.uint(event.price),
        cost: Cl.uint(event.cost),
        'buyer-energy': Cl.int(event.buyerEnergy),
        'buyer-funds': Cl.uint(event.buyerFunds),
        'seller-energy': Cl.int(event.sellerEnergy),
        'seller-funds': Cl.uint(event.sellerFunds),
        grant: optional(
          event.grant && Cl.tuple({ id: Cl.uint(event.grant.id), 'spend-left': Cl.uint(event.grant.spendLeft) }),
        ),
      };
    case 'energy-price-set':
      return { price: Cl.uint(event.price) };
    case 'meters-required':
      return { required: Cl.bool(event.required) };
    case 'meter-assigned':
      return { prosumer: Cl.principal(event.prosumer), meter: Cl.principal(event.meter) };
    case 'reading-recorded':
      return {
        prosumer: Cl.principal(event.prosumer),
        meter: Cl.principal(event.meter),
        'reading-id': Cl.uint(event.readingId),
        produced: Cl.uint(event.produced),
        consumed: Cl.uint(event.consumed),
        'energy-balance': Cl.int(event.energyBalance),
      };
    case 'delegation-granted':
      return {
        prosumer: Cl.principal(event.prosumer),
        operator: Cl.principal(event.operator),
        'grant-id': Cl.uint(event.grantId),
        'spend-limit': Cl.uint(event.spendLimit),
        'energy-limit': Cl.uint(event.energyLimit),
        'max-buy-price': Cl.uint(event.maxBuyPrice),
        'min-sell-price': Cl.uint(event.minSellPrice),
        'expires-at': Cl.uint(event.expiresAt),
      };
    case 'delegation-revoked':
      return {
        prosumer: Cl.principal(event.prosumer),
        operator: Cl.principal(event.operator),
        'grant-id': Cl.uint(event.grantId),
      };
  }
}

/** The event's consensus bytes as hex, as the contract prints them. */
export function encodeEvent(event: GridEvent): string {
  return serializeCV(
    Cl.tuple({
      topic: Cl.stringAscii(event.topic),
      sequence: Cl.uint(event.sequence),
      height: Cl.uint(event.height),
      ...fieldsOf(event),
    }),
  );
}

export function encodeProsumer(record: ProsumerRecord | undefined): ClarityValue {
  if (record === undefined) return Cl.none();
  return Cl.some(
    Cl.tuple({
      'energy-balance': Cl.int(record.energy),
      'funds-balance': Cl.uint(record.funds),
      escrowed: Cl.uint(record.escrowed),
      'open-trades': Cl.uint(record.openTrades),
      meter: optional(record.meter === null ? null : Cl.principal(record.meter)),
      'last-reading': Cl.uint(record.lastReading),
    }),
  );
}

export function encodeTrade(record: TradeRecord | undefined): ClarityValue {
  if (record === undefined) return Cl.none();
  return Cl.some(
    Cl.tuple({
      seller: Cl.principal(record.seller),
      buyer: Cl.principal(record.buyer),
      amount: Cl.uint(record.amount),
      price: Cl.uint(record.price),
      status: Cl.stringAscii(record.status),
      'open-until': optional(record.openUntil === null ? null : Cl.uint(record.openUntil)),
      lister: Cl.principal(record.lister),
      'grant-id': Cl.uint(record.grantId ?? 0),
    }),
  );
}

export function encodeDelegation(record: DelegationRecord | undefined): ClarityValue {
  if (record === undefined) return Cl.none();
  return Cl.some(
    Cl.tuple({
      'grant-id': Cl.uint(record.grantId),
      'spend-left': Cl.uint(record.spendLeft),
      'energy-left': Cl.uint(record.energyLeft),
      'max-buy-price': Cl.uint(record.maxBuyPrice),
      'min-sell-price': Cl.uint(record.minSellPrice),
      'expires-at': Cl.uint(record.expiresAt),
    }),
  );
}

export function encodeSummary(summary: MarketSummary): ClarityValue {
  return Cl.tuple({
    sequence: Cl.uint(summary.sequence),
    digest: Cl.bufferFromHex(summary.digest),
    'last-trade-id': Cl.uint(summary.lastTradeId),
    'energy-price': Cl.uint(summary.energyPrice),
    'grid-balance': Cl.int(summary.gridBalance),
    'total-funds': Cl.uint(summary.totalFunds),
    prosumers: Cl.uint(summary.prosumers),
    'meters-required': Cl.bool(summary.metersRequired),
    height: Cl.uint(summary.height),
  });
}
