import { type EventColumns, EventKind, NO_GRANT, NO_HEIGHT, NONE } from '../event-columns.ts';
import type { SegmentColumn } from './segment-schema.ts';

const K = EventKind;
const tradeKinds: readonly EventKind[] = [K.tradeListed, K.tradeCancelled, K.tradeBought];

/** By column, the kinds whose rows use it. */
const users: Partial<Readonly<Record<SegmentColumn, readonly EventKind[]>>> = {
  trade: tradeKinds,
  amount: [
    ...tradeKinds,
    K.energyAdded,
    K.energyConsumed,
    K.fundsAdded,
    K.fundsWithdrawn,
    K.metersRequired,
    K.readingRecorded,
    K.delegationGranted,
  ],
  price: [K.tradeListed, K.tradeBought, K.energyPriceSet, K.delegationGranted],
  second: [...tradeKinds, K.readingRecorded, K.delegationGranted],
  mark: [K.tradeListed, K.readingRecorded, K.delegationGranted],
  energy: [...tradeKinds, K.energyAdded, K.energyConsumed, K.readingRecorded],
  funds: [K.fundsAdded, K.fundsWithdrawn, K.tradeBought, K.delegationGranted],
  buyerEnergy: [K.tradeBought],
  buyerFunds: [K.tradeBought],
};

const usedBy = new Map(
  Object.entries(users).map(([name, kinds]) => [
    name,
    Uint8Array.from({ length: 256 }, (_, kind) => Number(kinds.some((each) => each === kind))),
  ]),
);

/** Where a column holds a value: rows that do not use it, and unknown or optional ones, are null for other readers. */
export interface Presence {
  /** Arrow's validity bitmap; null where no row is absent. */
  readonly bitmap: Uint8Array | null;
  readonly absent: number;
}

/** Which rows of a column hold a value. */
export function presenceOf(columns: EventColumns, name: SegmentColumn): Presence {
  const isPresent = presenceTest(columns, name);
  if (isPresent === null) return { bitmap: null, absent: 0 };
  const bitmap = new Uint8Array(Math.ceil(columns.length / 8));
  let absent = 0;
  for (let row = 0; row < columns.length; row += 1) {
    if (isPresent(row)) bitmap[row >> 3] = (bitmap[row >> 3] as number) | (1 << (row & 7));
    else absent += 1;
  }
  return absent === 0 ? { bitmap: null, absent } : { bitmap, absent };
}

function presenceTest(columns: EventColumns, name: SegmentColumn): ((row: number) => boolean) | null {
  const { kind, grant, mark } = columns;
  switch (name) {
    case 'sequence':
    case 'kind':
    case 'height':
      return null;
    case 'transaction':
    case 'account':
    case 'other':
    case 'operator': {
      const column = columns[name];
      return (row) => column[row] !== NONE;
    }
    case 'grant':
      return (row) => grant[row] !== NO_GRANT;
    default: {
      const used = usedBy.get(name) ?? new Uint8Array(256);
      const isUsed = (row: number): boolean => used[kind[row] as number] === 1;
      if (name === 'mark') return (row) => isUsed(row) && mark[row] !== NO_HEIGHT;
      if (name !== 'second') return isUsed;
      // A trade without a grant has nothing left of one.
      return (row) => isUsed(row) && !((kind[row] as number) <= K.tradeBought && grant[row] === NO_GRANT);
    }
  }
}
