import type { GridCall } from '../../../../src/contract/index.ts';
import { applyUpdate, type MarketState, present, type Timeline } from '../../../../src/market/index.ts';
import { createFollower, type FollowerOptions, type PollResult } from '../../../../src/service/follower/index.ts';
import { createModelChain, type ModelChain } from '../../../support/model-chain.ts';
import { alice, bob, operator, owner } from '../../../support/model-market.ts';

export interface Scene {
  readonly chain: ModelChain;
  /** Polls, counts the requests, and folds the result as another thread would receive it. */
  poll(): Promise<{ readonly result: PollResult; readonly requests: readonly string[] }>;
  restart(): void;
  /** What the fold of all results so far comes to. */
  readonly folded: MarketState;
}

/** A follower of a model chain, and the fold of what it reports. */
export function follow(chain: ModelChain = createModelChain({ owner }), options: Partial<FollowerOptions> = {}): Scene {
  const follower = createFollower({
    chain: chain.port,
    owner,
    prosumers: [alice, bob],
    delegations: [{ prosumer: alice, operator }],
    ...options,
  });
  let timeline: Timeline | null = null;
  return {
    chain,
    async poll() {
      const results: PollResult[] = [];
      const requests = await chain.requestsOf(async () => results.push(await follower.poll()));
      const result = structuredClone(results[0]) as PollResult;
      timeline = applyUpdate(timeline, result, options.depth === undefined ? {} : { depth: options.depth });
      return { result, requests };
    },
    restart: () => follower.restart(),
    get folded() {
      if (timeline === null) throw new Error('expected a poll before the fold is asked for');
      return present(timeline).state;
    },
  };
}

/** As many events as asked for, each in a block of its own unless `perBlock` says otherwise. */
export function happen(chain: ModelChain, events: number, options: { price?: number; perBlock?: number } = {}): void {
  const { price = 100, perBlock = 1 } = options;
  for (let done = 0; done < events; done += perBlock) {
    const count = Math.min(perBlock, events - done);
    chain.mine(
      ...Array.from({ length: count }, (_, index): readonly [typeof owner, GridCall] => [
        owner,
        { kind: 'setEnergyPrice', price: BigInt(price + done + index) },
      ]),
    );
  }
}
