import { applyUpdate, type Timeline } from '../../src/market/index.ts';
import { createFollower } from '../../src/service/follower/index.ts';
import type { Bench, BenchResult } from './bench-result.ts';
import type { PollMarket } from './poll-market.ts';
import { pollMarketInProcess } from './poll-market-in-process.ts';
import { startPollMarketOverHttp } from './poll-market-over-http.ts';

const IN_PROCESS_TRADES = [100, 10_000, 100_000];
/** A hundred thousand would take the chain some ten times as long as ten thousand. */
const OVER_HTTP_TRADES = [100, 10_000];
const BUSY_EVENTS = [1, 50, 500];
const LOG_PAGE = 50;

/** Requests and time per poll over markets of different age, fold included. */
export const pollBench: Bench = async (progress) => {
  const rows: BenchResult['rows'][number][] = [];
  const overHttp = await startPollMarketOverHttp(progress);
  try {
    for (const historic of OVER_HTTP_TRADES) {
      const market = await overHttp.grow({ historic, open: openOf(historic) });
      progress(`poll: measuring at ${historic} trades over HTTP`);
      rows.push(...(await measureMarket(market)));
    }
  } finally {
    await overHttp.stop();
  }
  for (const historic of IN_PROCESS_TRADES) {
    progress(`poll: measuring at ${historic} trades in process`);
    rows.push(...(await measureMarket(pollMarketInProcess({ historic, open: openOf(historic) }))));
  }
  return {
    name: 'poll',
    rows,
    limits: [
      'at most: 1 request idle; 1 + ⌈events ÷ 50⌉ busy, each event with its block height; a cold start as readSnapshot states it',
      `embedded chain, HTTP: the real chain client against a chain process on this machine, up to ${OVER_HTTP_TRADES.at(-1)} trades`,
      'model in process: no network, but every answer is encoded and decoded; for the larger markets',
      'time is of asking, decoding, checking the digest and folding; a public API adds its round trip to every request',
    ],
  };
};

const openOf = (historic: number): number => Math.min(500, historic / 2);

async function measureMarket(market: PollMarket): Promise<BenchResult['rows']> {
  const rows: BenchResult['rows'][number][] = [];
  const row = (poll: string, limit: number, { requests, medianMs }: Measured): void => {
    rows.push({
      'runs on': market.runsOn,
      'historic trades': market.historic,
      'open offers': market.open,
      poll,
      requests,
      'at most': limit,
      'of limit': `${Math.round((100 * requests) / limit)} %`,
      'median ms': medianMs,
    });
  };
  row('cold start', coldStartLimit(market), await measure(5, market, async () => createPoller(market)));
  const poller = createPoller(market);
  await poller();
  row('idle', 1, await measure(200, market, async () => poller));
  for (const events of BUSY_EVENTS) {
    const measured = await measure(events > 50 ? 5 : 20, market, async () => {
      await market.trade(events);
      return poller;
    });
    row(events === 1 ? '1 event' : `${events} events`, 1 + Math.ceil(events / LOG_PAGE), measured);
  }
  return rows;
}

/** 2, and 1 for 11,520 trades ever listed, 50 open offers, 50 prosumers (the watched and the sellers) and 50 delegations. */
function coldStartLimit({ historic, open, sellers, prosumers, delegations }: PollMarket): number {
  const pages = Math.ceil((Math.floor(historic / 128) + 1) / 90);
  const records = [open, Math.min(open, sellers) + prosumers.length, delegations.length].map((count) =>
    Math.ceil(count / 50),
  );
  return records.reduce((sum, requests) => sum + requests, 2 + pages);
}

function createPoller({ port, owner, prosumers, delegations }: PollMarket): () => Promise<void> {
  const follower = createFollower({ chain: port, owner, prosumers, delegations });
  let timeline: Timeline | null = null;
  return async () => {
    timeline = applyUpdate(timeline, structuredClone(await follower.poll()));
  };
}

interface Measured {
  /** The most that one round needed. */
  readonly requests: number;
  readonly medianMs: number;
}

/** Runs what `prepare` answers `rounds` times, timing that alone. */
async function measure(
  rounds: number,
  { port }: PollMarket,
  prepare: () => Promise<() => Promise<void>>,
): Promise<Measured> {
  const times: number[] = [];
  let requests = 0;
  for (let round = 0; round < rounds; round += 1) {
    const run = await prepare();
    const countBefore = port.requestCount();
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
    requests = Math.max(requests, port.requestCount() - countBefore);
  }
  times.sort((a, b) => a - b);
  return { requests, medianMs: Number((times[Math.floor(rounds / 2)] ?? 0).toFixed(3)) };
}
