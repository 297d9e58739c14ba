import { renameSync, rmSync } from 'node:fs';
import { addressFromVersionHash, addressToString } from '@stacks/transactions';
import { type Principal, principal, seededRandom, sequence } from '../../../src/core/index.ts';
import { AccountIndex } from '../accounts.ts';
import { assertFree, createRecording } from '../recording/create-recording.ts';
import { fileDisk } from '../recording/disk.ts';
import { type Manifest, type SegmentEntry, writeManifest } from '../recording/manifest.ts';
import { SEGMENT_EVENTS } from '../recording/recording-writer.ts';
import { writeSegment } from '../recording/seal.ts';
import { EventRowsBuffer } from './event-rows-buffer.ts';
import { accountCount, checkParameters, EventGenerator, type GenerateParameters } from './generate-events.ts';

export interface GenerateOptions {
  /** A 32-bit integer; the same one with the same parameters makes the same recording, byte by byte. */
  readonly seed: number;
  readonly parameters: GenerateParameters;
  /** Hears how many events there are so far. */
  readonly onProgress?: (events: number) => void;
  /** @default SEGMENT_EVENTS */
  readonly segmentEvents?: number;
}

/**
 * Makes up a recording of a market that nobody traded in. It appears when it is whole: until then it stands beside, in a
 * folder of the same name with `.partial`.
 *
 * @throws ConfigError for parameters that no market can be made of, and where the folder is not free.
 */
export function generateRecording(folder: string, options: GenerateOptions): Manifest {
  const { seed, parameters, segmentEvents = SEGMENT_EVENTS, onProgress = () => {} } = options;
  checkParameters(parameters);
  assertFree(folder);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const head = createRecording(fileDisk, partial, {
    origin: { kind: 'generated', seed, parameters: { ...parameters } },
    chain: null,
    owner: madeUpPrincipal(0),
    begin: { sequence: sequence(0), digest: null, snapshot: null },
  });
  const segments: SegmentEntry[] = [];
  for (const columns of generatedColumns({ seed, parameters, segmentEvents })) {
    segments.push(writeSegment({ disk: fileDisk, folder: partial }, head, { columns, digest: null }));
    onProgress(columns.firstSequence + columns.length - 1);
  }
  const manifest = { ...head, segments };
  writeManifest(fileDisk, partial, manifest);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return manifest;
}

/** The events in parts of whole blocks, each over the memory of the one before. */
export function* generatedColumns({
  seed,
  parameters,
  segmentEvents = SEGMENT_EVENTS,
}: Omit<GenerateOptions, 'onProgress'>) {
  const { events, accounts: prosumers, eventsPerBlock } = parameters;
  const names = Array.from({ length: accountCount(prosumers) }, (_, number) => madeUpPrincipal(number + 1));
  const rows = new EventRowsBuffer({
    accounts: new AccountIndex(names),
    firstSequence: sequence(1),
    capacity: Math.min(events, segmentEvents) + eventsPerBlock,
  });
  const generator = new EventGenerator({ random: seededRandom(seed), rows }, parameters);
  for (let done = 0; done < events; ) {
    while (done + rows.length < events && (rows.length < segmentEvents || !generator.atBlockEnd)) generator.next();
    done += rows.length;
    yield rows.rows();
    rows.clear();
  }
}

/** A testnet address with a valid checksum that nobody has the key of. */
const madeUpPrincipal = (number: number): Principal =>
  principal(addressToString(addressFromVersionHash(26, number.toString(16).padStart(40, '0'))));
