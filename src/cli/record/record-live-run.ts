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
  return (run, storage) =>
    recordRun(
      { disk: fileDisk, now: Date.now, warn, version },
      {
        ...run,
        grid: { import: run.grid.import ?? null, feedIn: run.grid.feedIn ?? null },
        sending: {
          fee: run.sending.fee,
          validityBlocks: run.sending.validityBlocks,
          maxUnconfirmed: run.sending.maxUnconfirmed,
        },
      },
      storage,
    );
};
