import { createRecording } from '../../backtest/data/recording/create-recording.ts';
import { fileDisk } from '../../backtest/data/recording/disk.ts';
import { openRecordingWriter } from '../../backtest/data/recording/recording-writer.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { height } from '../../src/core/index.ts';
import { chainHead, logEntry } from './recorded-events.ts';

/** Writes events of a contract, from its first, as a recording; those up to `sealedThrough` in a segment. */
export function writeRecording(folder: string, events: readonly GridEvent[], sealedThrough: number): void {
  createRecording(fileDisk, folder, chainHead);
  const writer = openRecordingWriter(folder);
  writer.append(events.map((event, index) => logEntry(event, index)));
  writer.seal({ throughHeight: height(sealedThrough) });
}
