import type { ChainPort } from '../../src/execution/index.ts';
import type { FollowerOptions } from '../../src/service/follower/index.ts';

/** A market that can be polled and traded on, whatever it runs on. */
export interface PollMarket extends Omit<FollowerOptions, 'chain'> {
  readonly runsOn: string;
  readonly port: ChainPort;
  /** Trades ever listed. */
  readonly historic: number;
  /** Of these, still on offer. */
  readonly open: number;
  /** Who these are of, none of them watched. */
  readonly sellers: number;
  /** Causes exactly so many events, half of them listings and half purchases, in blocks that are mined when it resolves. */
  trade(events: number): Promise<void>;
}

export const OFFER_WH = 10n;
export const OFFER_PRICE = 90n;
