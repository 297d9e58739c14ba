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

/** Events of whole blocks that are to be a segment. */
export interface SegmentContent {
  readonly columns: EventColumns;
  /** The contract's digest after the last of them; null where there is no contract. */
  readonly digest: string | null;
}

/**
 * Writes events as one more segment: first its file, then the manifest that names it. Ended in between, it leaves a file
 * that the manifest does not know, which does not count.
 */
export function sealSegment(deps: SealDeps, manifest: Manifest, content: SegmentContent): Manifest {
  const next = { ...manifest, segments: [...manifest.segments, writeSegment(deps, manifest, content)] };
  writeManifest(deps.disk, deps.folder, next);
  return next;
}

/** Writes a segment's file, whole or not at all; it counts once a manifest holds the entry. */
export function writeSegment(
  { disk, folder }: SealDeps,
  manifest: Manifest,
  { columns, digest }: SegmentContent,
): SegmentEntry {
  const { firstSequence, length: events } = columns;
  const file = `${SEGMENTS_FOLDER}/${numbered(firstSequence)}-${numbered(firstSequence + events - 1)}.arrow`;
  const bytes = encodeSegment(columns, describe(manifest));
  replaceFile(disk, join(folder, file), bytes);
  return {
    file,
    firstSequence,
    events,
    firstHeight: columns.height[0] as number,
    lastHeight: columns.height[events - 1] as number,
    digest,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** With as many digits as a safe integer may have, so that names sort as the events do. */
const numbered = (sequence: number): string => String(sequence).padStart(16, '0');

/** What a segment's file says of the recording that it is of. */
function describe({ chain, owner }: Manifest): ReadonlyMap<string, string> {
  const binding = chain === null ? [] : Object.entries(chain).map(([key, value]) => [key, String(value)] as const);
  return new Map([['wattmaker', 'recording'], ['owner', owner], ...binding]);
}
