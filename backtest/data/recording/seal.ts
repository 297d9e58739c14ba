import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EventColumns } from '../event-columns.ts';
import { encodeSegment } from '../segment/encode-segment.ts';
import { type Disk, replaceFile } from './disk.ts';
import { type Manifest, SEGMENTS_FOLDER, type SegmentEntry, writeManifest } from './manifest.ts';

export interface SealDeps {
  readonly disk: Disk;
  readonly folder: string;
}

/**
 * Writes events as one more segment: first its file, then the manifest that names it. Ended in between, it leaves a file
 * that the manifest does not know, which does not count.
 *
 * @param digest the contract's after the last of the events; null where there is no contract.
 */
export function sealSegment(
  { disk, folder }: SealDeps,
  manifest: Manifest,
  { columns, digest }: { readonly columns: EventColumns; readonly digest: string | null },
): Manifest {
  const { firstSequence, length: events } = columns;
  const file = `${SEGMENTS_FOLDER}/${numbered(firstSequence)}-${numbered(firstSequence + events - 1)}.arrow`;
  const bytes = encodeSegment(columns, describe(manifest));
  replaceFile(disk, join(folder, file), bytes);
  const entry: SegmentEntry = {
    file,
    firstSequence,
    events,
    firstHeight: columns.height[0] as number,
    lastHeight: columns.height[events - 1] as number,
    digest,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  const next = { ...manifest, segments: [...manifest.segments, entry] };
  writeManifest(disk, folder, next);
  return next;
}

/** With as many digits as a safe integer may have, so that names sort as the events do. */
const numbered = (sequence: number): string => String(sequence).padStart(16, '0');

/** What a segment's file says of the recording that it is of. */
function describe({ chain, owner }: Manifest): ReadonlyMap<string, string> {
  const binding = chain === null ? [] : Object.entries(chain).map(([key, value]) => [key, String(value)] as const);
  return new Map([['wattmaker', 'recording'], ['owner', owner], ...binding]);
}
