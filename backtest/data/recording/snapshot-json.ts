import { z } from 'zod';
import type { DelegationRecord, MarketSummary, ProsumerRecord, TradeRecord } from '../../../src/contract/index.ts';
import { grantId, height, microStx, price, principal, sequence, tradeId, wh } from '../../../src/core/index.ts';
import type { MarketSnapshot } from '../../../src/market/index.ts';

const integer = z.int();
const natural = integer.min(0);
const address = z.string().transform(principal);
const energy = integer.transform(wh);
const money = natural.transform(microStx);
const unitPrice = natural.transform(price);
const block = natural.transform(height);
const grant = natural.transform(grantId);
const id = natural.transform(tradeId);
const wide = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);

const summary = z.strictObject({
  sequence: natural.transform(sequence),
  digest: z.string(),
  lastTradeId: id,
  energyPrice: unitPrice,
  gridBalance: wide,
  totalFunds: wide,
  prosumers: natural,
  metersRequired: z.boolean(),
  height: block,
}) satisfies z.ZodType<MarketSummary, unknown>;

const trade = z.strictObject({
  seller: address,
  buyer: address,
  amount: energy,
  price: unitPrice,
  status: z.enum(['open', 'completed', 'cancelled']),
  openUntil: block.nullable(),
  lister: address,
  grantId: grant.nullable(),
}) satisfies z.ZodType<TradeRecord, unknown>;

const prosumer = z.strictObject({
  energy,
  funds: money,
  escrowed: energy,
  openTrades: natural,
  meter: address.nullable(),
  lastReading: natural,
}) satisfies z.ZodType<ProsumerRecord, unknown>;

const delegation = z.strictObject({
  grantId: grant,
  spendLeft: money,
  energyLeft: energy,
  maxBuyPrice: unitPrice,
  minSellPrice: unitPrice,
  expiresAt: block,
}) satisfies z.ZodType<DelegationRecord, unknown>;

/** A market snapshot as JSON: as it is, with the sums over prosumers as decimal text. */
export const snapshotSchema = z.strictObject({
  owner: address,
  indexBlockHash: z.string(),
  summary,
  offers: z.array(z.strictObject({ id, trade })),
  prosumers: z.array(z.strictObject({ prosumer: address, record: prosumer })),
  delegations: z.array(z.strictObject({ prosumer: address, operator: address, record: delegation })),
}) satisfies z.ZodType<MarketSnapshot, unknown>;

/** The JSON value that `snapshotSchema` reads. */
export function snapshotToJson(snapshot: MarketSnapshot): unknown {
  const { gridBalance, totalFunds } = snapshot.summary;
  return {
    ...snapshot,
    summary: { ...snapshot.summary, gridBalance: gridBalance.toString(), totalFunds: totalFunds.toString() },
  };
}
