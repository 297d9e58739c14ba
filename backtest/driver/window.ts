import { ConfigError, type Height, height } from '../../src/core/index.ts';
import type { MarketState } from '../../src/market/index.ts';
import { columnsSlice } from '../data/columns-builder.ts';
import type { EventColumns } from '../data/event-columns.ts';
import type { HeightSpan } from '../data/recording/open-recording.ts';
import { evolveRows } from '../market/columnar-evolve.ts';
import { columnarMarket } from '../market/columnar-market.ts';
import { plainMarket } from '../market/plain-market.ts';
import type { RecordedMarket } from './backtest-input.ts';

/**
 * A recording cut down to some of its blocks: it opens with the market as it stood before them, and holds no event after
 * them, so that nothing in it can tell of what came later.
 *
 * @throws ConfigError for blocks that are not the recording's.
 */
export function windowOf(market: RecordedMarket, span: HeightSpan): RecordedMarket {
  const { firstHeight, lastHeight } = market;
  if (!(firstHeight <= span.from && span.from <= span.to && span.to <= lastHeight)) {
    throw new ConfigError(`expected blocks within ${firstHeight} to ${lastHeight}, was ${span.from} to ${span.to}`);
  }
  return {
    opening: openingAt(market, span.from),
    accounts: market.accounts,
    columns: (asked = span) => within(market.columns(meet(asked, span)), span),
    firstHeight: span.from,
    lastHeight: span.to,
  };
}

const meet = (one: HeightSpan, other: HeightSpan): HeightSpan => ({
  from: height(Math.max(one.from, other.from)),
  to: height(Math.min(one.to, other.to)),
});

/** The market that the first event at or above a height happens to, without trades that were closed before. */
function openingAt(market: RecordedMarket, at: Height): MarketState {
  if (at <= market.firstHeight) return market.opening;
  const folded = columnarMarket(market.opening, market.accounts);
  const before: HeightSpan = { from: market.firstHeight, to: height(at - 1) };
  for (const columns of within(market.columns(before), before)) evolveRows(folded, columns, 0, columns.length);
  return plainMarket(folded);
}

/** The rows of blocks in a span. */
function* within(parts: Iterable<EventColumns>, { from, to }: HeightSpan): Generator<EventColumns> {
  for (const columns of parts) {
    const begin = firstRowAt(columns, from);
    const end = firstRowAt(columns, to + 1);
    if (begin < end) yield columnsSlice(columns, begin, end);
  }
}

/** The first row at or above a height; the length where there is none. */
function firstRowAt({ height: heights, length }: EventColumns, at: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((heights[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
