import { openRecording, recordedEvents } from '../../../backtest/data/recording/open-recording.ts';
import type { RecordedMarket } from '../../../backtest/driver/backtest-input.ts';
import { completeOpening } from '../../../backtest/market/complete-opening.ts';

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
  const recorded = recordedEvents(recording);
  const opening = completeOpening(recorded.opening, recorded.columns());
  const { hash, events } = recording;
  return { folder, hash, events, complete: recorded.opening.complete, market: { ...recorded, opening } };
}
