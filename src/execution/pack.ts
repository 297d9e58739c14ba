import type { BatchCall, BuyEntry, CancelEntry, ListEntry } from '../contract/index.ts';
import type { Height } from '../core/index.ts';
import type { PlannedIntent } from '../trading/intent.ts';

/** One transaction to be: a call and the intents behind its entries, in the same order. */
export interface Pack {
  readonly call: BatchCall;
  readonly intentIds: readonly string[];
}

export interface PackParameters {
  /** The last height at which the batches may execute. */
  readonly validUntil: Height;
  readonly maxEntries: number;
}

/** Intents that one transaction carries, at least one, in the order of its entries. */
export type Batch = readonly [PlannedIntent, ...PlannedIntent[]];

type Kind = PlannedIntent['intent']['kind'];
type Of<K extends Kind> = PlannedIntent & { readonly intent: { readonly kind: K } };

/** The function that carries intents of each kind. */
export const batchKinds: Readonly<Record<Kind, BatchCall['kind']>> = {
  cancel: 'cancelTradeFor',
  buy: 'buyEnergyFor',
  list: 'tradeEnergyFor',
};

/** Packs intents into as few batch calls as `batchIntents` makes of them. */
export function packIntents(intents: readonly PlannedIntent[], parameters: PackParameters): readonly Pack[] {
  const { validUntil, maxEntries } = parameters;
  return batchIntents(intents, maxEntries).map((batch) => ({
    call: batchCall(batch, validUntil),
    intentIds: batch.map(({ id }) => id),
  }));
}

/**
 * Divides intents into as few batches as their kinds and expiries allow. Cancels come first, for they only free energy,
 * then buys, then listings by the height at which they close.
 */
export function batchIntents(intents: readonly PlannedIntent[], maxEntries: number): readonly Batch[] {
  const batches: [PlannedIntent, ...PlannedIntent[]][] = [];
  for (const planned of [...intents].sort(byPlace)) {
    const last = batches.at(-1);
    const fits = last !== undefined && last.length < maxEntries && byPlace(last[0], planned) === 0;
    if (fits) last.push(planned);
    else batches.push([planned]);
  }
  return batches;
}

const places: Readonly<Record<Kind, number>> = { cancel: 0, buy: 1, list: 2 };

/** Zero where one transaction can carry both. */
function byPlace({ intent: one }: PlannedIntent, { intent: other }: PlannedIntent): number {
  if (one.kind === 'list' && other.kind === 'list') return one.openUntil - other.openUntil;
  return places[one.kind] - places[other.kind];
}

/** The call that a batch is. */
export function batchCall(batch: Batch, lastHeight: Height): BatchCall {
  const validUntil = BigInt(lastHeight);
  const [{ intent }] = batch;
  // What shares a batch is of one kind.
  switch (intent.kind) {
    case 'cancel':
      return { kind: 'cancelTradeFor', validUntil, entries: (batch as readonly Of<'cancel'>[]).map(cancelEntry) };
    case 'buy':
      return { kind: 'buyEnergyFor', validUntil, entries: (batch as readonly Of<'buy'>[]).map(buyEntry) };
    case 'list': {
      const entries = (batch as readonly Of<'list'>[]).map(listEntry);
      return { kind: 'tradeEnergyFor', validUntil, openUntil: BigInt(intent.openUntil), entries };
    }
  }
}

const cancelEntry = ({ account, intent }: Of<'cancel'>): CancelEntry => ({
  seller: account,
  tradeId: BigInt(intent.tradeId),
});

const buyEntry = ({ account, intent }: Of<'buy'>): BuyEntry => ({
  buyer: account,
  tradeId: BigInt(intent.tradeId),
  amount: BigInt(intent.amount),
  maxPrice: BigInt(intent.maxPrice),
});

const listEntry = ({ account, intent }: Of<'list'>): ListEntry => ({
  seller: account,
  amount: BigInt(intent.amount),
  price: BigInt(intent.price),
});
