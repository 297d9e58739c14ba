import type { RecordedMarket } from '../../../backtest/driver/backtest-input.ts';
import { runBacktest } from '../../../backtest/driver/run-backtest.ts';
import { windowOf } from '../../../backtest/driver/window.ts';
import type { ColumnarMarket } from '../../../backtest/market/columnar-market.ts';
import { ConfigError, CorruptionError, height } from '../../core/index.ts';
import { loadStrategy } from '../../trading/host/index.ts';
import type { Strategy } from '../../trading/index.ts';
import { Trace } from '../backtest/html/trace.ts';
import { type LoadedMarket, loadMarket } from '../backtest/load-market.ts';
import { OwnFillLog } from '../backtest/own-fills.ts';
import { accountOf, fillModelsOf, settingsOf } from '../backtest/run-settings.ts';
import type { Play, Played, Stage } from './play.ts';

export type Player = (play: Play, onEvents: (more: number) => void) => Played;

/**
 * Plays one backtest after the other. A recording is opened when it is first asked for; its columns are read from the file
 * as they are played, so that threads share the system's copy of it and hold none themselves.
 *
 * @throws ConfigError for a strategy that does not load.
 */
export async function createPlayer({ recordings, strategies: references, directory }: Stage): Promise<Player> {
  const strategies = new Map<string, Strategy<never>>();
  for (const reference of references) strategies.set(reference, await loadStrategy(reference, directory));
  const loaded = new Map<number, LoadedMarket>();
  const windows = new Map<string, RecordedMarket>();

  const marketOf = (place: number): RecordedMarket => {
    const known = loaded.get(place);
    if (known !== undefined) return known.market;
    const recording = recordings[place];
    if (recording === undefined) throw new CorruptionError(`expected one of ${recordings.length}, was ${place}`);
    const found = loadMarket(recording.folder);
    if (found.hash !== recording.hash) {
      throw new ConfigError(`expected "${recording.folder}" to stay as it is, was written on meanwhile`, {
        hints: ['Stop its recorder, or play a copy of the folder.'],
      });
    }
    loaded.set(place, found);
    return found.market;
  };

  const windowFor = ({ recording, span, warmUpBlocks }: Play): RecordedMarket => {
    const market = marketOf(recording);
    if (span === null) return market;
    const from = height(Math.max(market.firstHeight, span.from - warmUpBlocks));
    const key = `${recording} ${from} ${span.to}`;
    const window = windows.get(key) ?? windowOf(market, { from, to: span.to });
    windows.set(key, window);
    return window;
  };

  return (play, onEvents) => {
    const { strategy, parameters, options, span } = play;
    const market = windowFor(play);
    const account = accountOf(options, { strategy, parameters });
    const blocks = market.lastHeight - market.firstHeight + 1;
    const trace = play.trace ? new Trace({ account: account.principal, blocks }) : null;
    const settings = { ...settingsOf(options, market), ...(span ?? {}) };
    const own = play.ownFills === true ? new OwnFillLog({ account: account.principal, grid: settings.grid }) : null;
    const onEvent = (event: ColumnarMarket): void => {
      trace?.hooks.onEvent?.(event);
      own?.event(event);
    };
    let told = 0;
    const result = runBacktest({
      market,
      strategies,
      accounts: [account],
      fills: fillModelsOf([play.fills])[0] as never,
      settings,
      onProgress: (events) => {
        onEvents(events - told);
        told = events;
      },
      ...trace?.hooks,
      ...(own === null ? {} : { onEvent }),
    });
    return { result, trace: trace?.finish() ?? null, ownFills: own?.fills ?? null };
  };
}
