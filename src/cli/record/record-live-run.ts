import { readFileSync } from 'node:fs';
import { fileDisk } from '../../../backtest/data/recording/disk.ts';
import { recordRun } from '../../../backtest/replay/record-run.ts';
import type { Log } from '../../core/index.ts';
import type { OpenRunRecorder } from '../../service/index.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** Records live runs as folders on the disk. */
export const recordLiveRun = ({ log }: { readonly log: Log }): OpenRunRecorder => {
  const warn = (message: string): void => log.warn({}, message);
  return (run, storage) => {
    const { fee, validityBlocks, maxUnconfirmed } = run.sending;
    const { ratePerByte, floor, cap, perEntry } = fee;
    return recordRun(
      { disk: fileDisk, now: Date.now, warn, version },
      {
        ...run,
        grid: { import: run.grid.import ?? null, feedIn: run.grid.feedIn ?? null },
        sending: {
          fee: { ratePerByte, floor, cap, ...(perEntry === undefined ? {} : { perEntry }) },
          validityBlocks,
          maxUnconfirmed,
        },
      },
      storage,
    );
  };
};
