import { blocksIn } from '../../../backtest/optimize/folds.ts';
import type { Outcome } from '../../../backtest/optimize/outcome.ts';
import type { LoadedMarket } from '../backtest/load-market.ts';
import type { BacktestProgress } from '../backtest/progress.ts';
import type { Runner, StudyPlay } from './evaluator.ts';

/** Plays, and says how many events that took. */
export type PlayAndCount = (
  play: StudyPlay,
  onEvents: (more: number) => void,
) => Promise<{ readonly outcome: Outcome; readonly events: number }>;

/** Makes runners that tell how far their plays are: those that were asked for count at once, by their share of a recording. */
export function countingRunner(
  progress: BacktestProgress,
  markets: readonly LoadedMarket[],
): (playAndCount: PlayAndCount) => Runner {
  const guess = ({ play: { recording, span, warmUpBlocks } }: StudyPlay): number => {
    const loaded = markets[recording];
    if (loaded === undefined || span === null) return loaded?.events ?? 0;
    const { firstHeight, lastHeight } = loaded.market;
    const share = (blocksIn(span) + warmUpBlocks) / blocksIn({ from: firstHeight, to: lastHeight });
    return Math.round(loaded.events * Math.min(1, share));
  };
  let [asked, done] = [0, 0];
  return (playAndCount) => async (play) => {
    const guessed = guess(play);
    asked += 1;
    progress.expect(guessed);
    const { outcome, events } = await playAndCount(play, (more) =>
      progress.played(`trial ${done + 1} of ${asked}`, more),
    );
    done += 1;
    progress.expect(events - guessed);
    return outcome;
  };
}
