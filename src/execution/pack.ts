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

type Kind = PlannedIntent['intent']['kind'];
type Of<K extends Kind> = PlannedIntent & { readonly intent: { readonly kind: K } };

/**
 * Packs intents into as few batch calls as their kinds and expiries allow. Cancels come first, for they only free
 * energy, then buys, then listings by the height at which they close.
 */
export function packIntents(intents: readonly PlannedIntent[], parameters: PackParameters): readonly Pack[] {
  const validUntil = BigInt(parameters.validUntil);
  const packsOf = <K extends Kind>(list: readonly Of<K>[], callOf: (list: readonly Of<K>[]) => BatchCall) =>
    slices(list, parameters.maxEntries).map((slice) => ({
      call: callOf(slice),
      intentIds: slice.map(({ id }) => id),
    }));

  const lists = intents.filter(isOf('list'));
  const heights = [...new Set(lists.map(({ intent }) => intent.openUntil))].sort((one, other) => one - other);
  return [
    ...packsOf(intents.filter(isOf('cancel')), (slice) => ({
      kind: 'cancelTradeFor',
      validUntil,
      entries: slice.map(cancelEntry),
    })),
    ...packsOf(intents.filter(isOf('buy')), (slice) => ({
      kind: 'buyEnergyFor',
      validUntil,
      entries: slice.map(buyEntry),
    })),
    ...heights.flatMap((openUntil) =>
      packsOf(
        lists.filter(({ intent }) => intent.openUntil === openUntil),
        (slice) => ({
          kind: 'tradeEnergyFor',
          validUntil,
          openUntil: BigInt(openUntil),
          entries: slice.map(listEntry),
        }),
      ),
    ),
  ];
}

const isOf =
  <K extends Kind>(kind: K) =>
  (planned: PlannedIntent): planned is Of<K> =>
    planned.intent.kind === kind;

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

function slices<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const result: T[][] = [];
  for (let from = 0; from < items.length; from += size) result.push(items.slice(from, from + size));
  return result;
}
