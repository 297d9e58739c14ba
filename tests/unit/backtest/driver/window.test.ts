import { describe, expect, it } from 'vitest';
import type { RecordedMarket } from '../../../../backtest/driver/backtest-input.ts';
import { runBacktest } from '../../../../backtest/driver/run-backtest.ts';
import { windowOf } from '../../../../backtest/driver/window.ts';
import { fillModels } from '../../../../backtest/venue/fill-model.ts';
import { height } from '../../../../src/core/index.ts';
import { backtestOf } from '../../../support/backtest-scene.ts';
import { homes, recordedMarket, recordNeighbourhood } from '../../../support/recorded-market.ts';

const events = recordNeighbourhood(200, 7);
const span = { from: height(80), to: height(150) };
const text = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
const calls = (market: RecordedMarket, options: Parameters<typeof backtestOf>[1] = {}): string[] => {
  const heard: string[] = [];
  const input = backtestOf(market, options);
  const result = runBacktest({ ...input, onCall: (call) => heard.push(text(call)) });
  return [...heard, text(result)];
};

describe('a window of a recording', () => {
  it('default: begins with the market as it stood, and plays the events of its blocks alone', () => {
    const window = windowOf(recordedMarket(events), span);
    const { events: played } = runBacktest(backtestOf(window, { accounts: [] }));
    expect(played).toBe(events.filter((event) => event.height >= 80 && event.height <= 150).length);
    expect(window.opening.openOffers.length).toBeGreaterThan(0);
    expect(window.opening.prosumers.size).toBe(14);
  });

  it('behavior: the whole recording as a window plays as the recording', () => {
    const market = recordedMarket(events);
    const { firstHeight: from, lastHeight: to } = market;
    expect(calls(windowOf(market, { from, to }))).toEqual(calls(recordedMarket(events)));
  });

  it.each(fillModels)('behavior: what came after it moves nothing in it ($name)', (fills) => {
    const other = recordNeighbourhood(200, 8);
    // The same to the end of the window, and another future.
    const changed = [
      ...events.filter((event) => event.height <= span.to),
      ...other
        .filter((event) => event.height > span.to && event.topic === 'energy-added')
        .map((event, index) => ({
          ...event,
          sequence: (events.filter(({ height: at }) => at <= span.to).length + index + 1) as typeof event.sequence,
        })),
    ];
    expect(changed.length).toBeGreaterThan(events.filter((event) => event.height <= span.to).length);
    const play = (of: typeof events): string[] => calls(windowOf(recordedMarket(of), span), { fills });
    expect(play(changed)).toEqual(play(events));
  });

  it('behavior: an account that the recording knows is traded for from the middle on', () => {
    const account = { name: 'home', principal: homes[0] as never, strategy: 'market-maker', opening: null };
    const { turns, benched } = runBacktest(
      backtestOf(windowOf(recordedMarket(events), span), { accounts: [account], settings: { settleBlocks: 20 } }),
    );
    expect(turns).toBe(71);
    expect(benched).toEqual([]);
  });

  it('error: blocks that the recording does not have', () => {
    const ask = () => windowOf(recordedMarket(events), { from: height(80), to: height(10_000) });
    expect(ask).toThrow(/expected blocks within 10 to \d+, was 80 to 10000/);
  });
});
