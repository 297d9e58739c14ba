import { type Recording, recordingHeights } from '../../../backtest/data/recording/open-recording.ts';

/** What a recording is, as data for `--json`. */
export function recordingSummary(recording: Recording) {
  const { folder, manifest, tail, events, firstSequence, hash } = recording;
  const { origin, chain, owner, segments, begin } = manifest;
  const heights = recordingHeights(recording);
  return {
    folder,
    origin,
    chain,
    owner,
    begin: begin.snapshot === null ? 'first event' : `a snapshot at height ${begin.snapshot.summary.height}`,
    events,
    firstSequence,
    firstHeight: heights?.first ?? null,
    lastHeight: heights?.last ?? null,
    segments: segments.length,
    journal: tail.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    hash,
  };
}

export type RecordingSummary = ReturnType<typeof recordingSummary>;

/** Where a recording's events are from, in a few words. */
export function describeOrigin({ origin, chain }: Pick<RecordingSummary, 'origin' | 'chain'>): string {
  switch (origin.kind) {
    case 'chain':
      return `${chain?.contractId ?? 'a contract'}, chain id ${chain?.chainId ?? 'unknown'}`;
    case 'generated':
      return `generated, seed ${origin.seed}`;
    case 'imported':
      return `imported from ${origin.files.map(({ name }) => name).join(', ')}`;
  }
}

export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

export const heightRange = ({ firstHeight, lastHeight }: RecordingSummary): string =>
  firstHeight === null ? 'none' : `${firstHeight} to ${lastHeight}`;
