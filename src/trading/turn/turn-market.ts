import type { DelegationRecord, ProsumerRecord } from '../../contract/index.ts';
import type { Height, Price, Principal, Sequence, TradeId } from '../../core/index.ts';
import type { HistoryView } from '../market-view.ts';
import type { MarketOffers } from './offer-index.ts';

/**
 * The market as a turn reads it. The live market and the backtest's columnar twin both answer this, so the engine is the
 * same in both worlds.
 */
export interface TurnMarket {
  readonly sequence: Sequence;
  readonly energyPrice: Price;
  readonly metersRequired: boolean;
  readonly offers: MarketOffers;
  /** The recent past, oldest first; frozen. */
  readonly history: HistoryView;
  /** The height of an open offer's listing, or the one at which it was first seen where that is not known. */
  listedAt(offer: TradeId): Height | null;
  prosumer(account: Principal): ProsumerRecord | null;
  isMetered(account: Principal): boolean;
  delegation(prosumer: Principal, operator: Principal): DelegationRecord | null;
}
