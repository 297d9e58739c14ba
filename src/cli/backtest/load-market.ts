import { AccountIndex } from '../../../backtest/data/accounts.ts';
import type { EventColumns } from '../../../backtest/data/event-columns.ts';
import {
  columnParts,
  loadColumns,
  openingMarket,
  openRecording,
} from '../../../backtest/data/recording/open-recording.ts';
import type { RecordedMarket } from '../../../backtest/driver/backtest-input.ts';
import { completeOpening } from '../../../backtest/market/complete-opening.ts';
import { ConfigError, height } from '../../core/index.ts';

/** A recording of more events than this is read anew for each run, so that it need not fit in memory. */
const IN_MEMORY_EVENTS = 2_000_000;

/** A recording that is ready to be played. */
export interface LoadedMarket {
  readonly folder: string;
  readonly hash: string;
  readonly events: number;
  /** Whether it begins with the contract's first event; else what came before was told by what comes after. */
  readonly complete: boolean;
  readonly market: RecordedMarket;
}

/** @throws ConfigError where there is no recording, or one without events. */
export function loadMarket(folder: string): LoadedMarket {
  const recording = openRecording(folder);
  const { manifest, tail, events, hash } = recording;
  const firstHeight = manifest.segments[0]?.firstHeight ?? tail[0]?.event.height;
  const lastHeight = tail.at(-1)?.event.height ?? manifest.segments.at(-1)?.lastHeight;
  if (firstHeight === undefined || lastHeight === undefined) {
    throw new ConfigError(`expected a recording with events in "${folder}", was none`);
  }
  let accounts = new AccountIndex();
  let columns: RecordedMarket['columns'] = () => columnParts(recording, accounts);
  if (events <= IN_MEMORY_EVENTS) {
    const whole: EventColumns = loadColumns(recording);
    accounts = whole.accounts;
    columns = () => [whole];
  }
  const opening = openingMarket(manifest);
  return {
    folder,
    hash,
    events,
    complete: opening.complete,
    market: {
      opening: completeOpening(opening, columns()),
      accounts,
      columns,
      firstHeight: height(firstHeight),
      lastHeight: height(lastHeight),
    },
  };
}
