import type { GridCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import { applyUpdate, type Timeline } from '../../src/market/index.ts';
import { createFollower } from '../../src/service/follower/index.ts';
import { busyMarket, createModelChain, type ModelChain } from '../support/model-chain.ts';
import { alice, bob, operator, owner } from '../support/model-market.ts';
import { testPrincipal } from '../support/test-principal.ts';
import type { BenchResult } from './bench-result.ts';

const HISTORIC_TRADES = [100, 10_000, 100_000];
const BUSY_EVENTS = [1, 50, 500];
const SELLERS = Array.from({ length: 50 }, (_, index) => testPrincipal(1_000 + index));

interface Measured {
  readonly requests: number;
  readonly medianMs: number;
}

/** Requests and time per poll over markets of different age, fold included. */
export async function pollBench(): Promise<BenchResult> {
  const rows: Record<string, string | number>[] = [];
  for (const historic of HISTORIC_TRADES) {
    const open = Math.min(500, historic / 2);
    const state = busyMarket({ owner, buyer: bob, sellers: SELLERS, historic: historic - open, open });
    const chain = createModelChain({ owner, state });
    const row = (poll: string, measured: Measured): void => {
      rows.push({
        'historic trades': historic,
        'open offers': open,
        poll,
        requests: measured.requests,
        'median ms': measured.medianMs,
      });
    };
    row('cold start', await measure(5, chain, () => createPoller(chain)));
    const poller = createPoller(chain);
    await poller();
    row('idle', await measure(200, chain, () => poller));
    for (const events of BUSY_EVENTS) {
      const rounds = events > 50 ? 5 : 20;
      row(
        events === 1 ? '1 event' : `${events} events`,
        await measure(rounds, chain, () => {
          trade(chain, events);
          return poller;
        }),
      );
    }
  }
  return {
    name: 'poll',
    rows,
    limits: [
      'the chain is the model in this process: no network, but every answer is encoded and decoded as on one',
      'time is of encoding, decoding, checking the digest and folding; on a real chain the requests outweigh it',
    ],
  };
}

function createPoller(chain: ModelChain): () => Promise<void> {
  const follower = createFollower({
    chain: chain.port,
    owner,
    prosumers: [alice, bob],
    delegations: [{ prosumer: alice, operator }],
  });
  let timeline: Timeline | null = null;
  return async () => {
    timeline = applyUpdate(timeline, structuredClone(await follower.poll()));
  };
}

/** Runs what `prepare` answers `rounds` times, timing that alone. */
async function measure(rounds: number, chain: ModelChain, prepare: () => () => Promise<void>): Promise<Measured> {
  const times: number[] = [];
  let requests = 0;
  for (let round = 0; round < rounds; round += 1) {
    const run = prepare();
    const before = performance.now();
    requests = (await chain.requestsOf(run)).length;
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return { requests, medianMs: Number((times[Math.floor(rounds / 2)] ?? 0).toFixed(3)) };
}

/** Lists and buys in turn, ten events a block. */
function trade(chain: ModelChain, events: number): void {
  let next = BigInt(chain.state.lastTradeId);
  const calls = Array.from({ length: events }, (_, index): readonly [Principal, GridCall] => {
    if (index % 2 === 1) return [bob, { kind: 'buyEnergy', tradeId: next }];
    next += 1n;
    return [SELLERS[index % SELLERS.length] as Principal, { kind: 'tradeEnergy', amount: 10n, price: 90n }];
  });
  for (let start = 0; start < calls.length; start += 10) {
    for (const decision of chain.mine(...calls.slice(start, start + 10))) {
      if (!decision.ok) throw new Error(`a trade of the benchmark was refused: ${decision.error}`);
    }
  }
}
