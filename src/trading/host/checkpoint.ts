import { Map as ImmutableMap, Set as ImmutableSet, List } from 'immutable';
import type { Height, TradeId } from '../../core/index.ts';
import { type MarketState, type Moment, openTimeline, type PriceHistory, type Timeline } from '../../market/index.ts';

type EntriesOf<Map> = Map extends ImmutableMap<infer Key, infer Value> ? readonly (readonly [Key, Value])[] : never;
type Points<Of> = Of extends List<infer Point> ? readonly Point[] : never;

/** One moment of the market as plain data that can be cloned to another thread. */
export interface Checkpoint {
  readonly state: Omit<MarketState, 'prosumers' | 'trades' | 'delegations' | 'meteredStrangers'> & {
    readonly prosumers: EntriesOf<MarketState['prosumers']>;
    readonly trades: EntriesOf<MarketState['trades']>;
    readonly delegations: EntriesOf<MarketState['delegations']>;
    readonly meteredStrangers: MarketState['meteredStrangers'] extends ImmutableSet<infer Item>
      ? readonly Item[]
      : never;
  };
  readonly history: {
    readonly capacity: number;
    readonly energyPrices: Points<PriceHistory['energyPrices']>;
    readonly trades: Points<PriceHistory['trades']>;
  };
  readonly listedAt: readonly (readonly [TradeId, Height])[];
}

/**
 * A moment as plain data. Of closed trades nothing is kept: no event speaks of one again, and a state without them is
 * partial.
 */
export function checkpointOf({ state, history }: Moment, listedAt: ReadonlyMap<TradeId, Height>): Checkpoint {
  return {
    state: {
      ...state,
      complete: false,
      prosumers: [...state.prosumers],
      trades: [...state.trades].filter(([, { status }]) => status === 'open'),
      delegations: [...state.delegations],
      meteredStrangers: [...state.meteredStrangers],
    },
    history: {
      capacity: history.capacity,
      energyPrices: history.energyPrices.toArray(),
      trades: history.trades.toArray(),
    },
    listedAt: [...listedAt],
  };
}

/** A timeline that begins at a checkpoint. */
export function timelineFromCheckpoint({ state, history }: Checkpoint): Timeline {
  return openTimeline({
    state: {
      ...state,
      openOffers: Object.freeze(state.openOffers.map((offer) => Object.freeze(offer))),
      prosumers: ImmutableMap(state.prosumers),
      trades: ImmutableMap(state.trades),
      delegations: ImmutableMap(state.delegations),
      meteredStrangers: ImmutableSet(state.meteredStrangers),
    },
    history: {
      capacity: history.capacity,
      energyPrices: List(history.energyPrices.map((point) => Object.freeze(point))),
      trades: List(history.trades.map((point) => Object.freeze(point))),
    },
  });
}
