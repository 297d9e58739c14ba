import { CorruptionError, type Height, type TradeId } from '../../core/index.ts';
import {
  applyUpdate,
  delegationOf,
  type HeightedEvent,
  isMetered,
  type MarketUpdate,
  type Moment,
  present,
  type Timeline,
} from '../../market/index.ts';
import type { HistoryView } from '../market-view.ts';
import { RecentPast } from '../recent-past.ts';
import { OfferIndex, type TurnMarket } from '../turn/index.ts';
import { type Checkpoint, checkpointOf, timelineFromCheckpoint } from './checkpoint.ts';

/** How many heights of closed offers may pile up before they are forgotten. */
const CLOSED_OFFERS_KEPT = 10_000;

/** Folds what the follower reports into the market that turns read. */
export class MarketFold {
  #timeline: Timeline | null = null;
  /** When offers were listed; an event has no height of its own, so the market's state cannot tell. */
  readonly #listedAt = new Map<TradeId, Height>();
  #history: { readonly of: Moment['history']; readonly view: HistoryView } | null = null;

  /** @throws CorruptionError when the updates do not follow on each other. */
  apply(update: MarketUpdate): void {
    this.#timeline = applyUpdate(this.#timeline, update);
    switch (update.kind) {
      case 'restarted':
        this.#listedAt.clear();
        for (const { id } of update.snapshot.offers) this.#listedAt.set(id, update.snapshot.summary.height);
        break;
      case 'advanced':
      case 'rewound':
        this.#note(update.entries);
        break;
      case 'idle':
      case 'lagging':
        break;
    }
  }

  #note(entries: readonly HeightedEvent[]): void {
    for (const { event, height } of entries) {
      if (event.topic === 'trade-listed') this.#listedAt.set(event.tradeId, height);
    }
    const { openOffers } = this.#present().state;
    if (this.#listedAt.size <= openOffers.length + CLOSED_OFFERS_KEPT) return;
    const open = new Set(openOffers.map(({ id }) => id));
    for (const id of this.#listedAt.keys()) if (!open.has(id)) this.#listedAt.delete(id);
  }

  #present(): Moment {
    if (this.#timeline === null) throw new CorruptionError('expected a market before the first turn, was none');
    return present(this.#timeline);
  }

  /**
   * The market as of the last update.
   *
   * @throws CorruptionError before the first update.
   */
  market(): TurnMarket {
    const { state, history } = this.#present();
    if (this.#history?.of !== history) this.#history = { of: history, view: new RecentPast(history).view() };
    return {
      sequence: state.sequence,
      energyPrice: state.energyPrice,
      metersRequired: state.metersRequired,
      offers: new OfferIndex({ ...state, isMetered: (account) => isMetered(state, account) }),
      history: this.#history.view,
      listedAt: (offer) => this.#listedAt.get(offer) ?? null,
      prosumer: (account) => state.prosumers.get(account) ?? null,
      isMetered: (account) => isMetered(state, account),
      delegation: (prosumer, operator) => delegationOf(state, prosumer, operator) ?? null,
    };
  }

  /** The oldest moment that a reorg may still lead back to: whoever keeps it and what came after can rebuild all. */
  checkpoint(): Checkpoint {
    const oldest = this.#timeline?.moments.first() ?? this.#present();
    return checkpointOf(oldest, this.#listedAt);
  }

  /** Begins at a checkpoint that another fold made. */
  restore(checkpoint: Checkpoint): void {
    this.#timeline = timelineFromCheckpoint(checkpoint);
    this.#listedAt.clear();
    for (const [offer, height] of checkpoint.listedAt) this.#listedAt.set(offer, height);
  }
}
