import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { addressFromVersionHash, addressToString, validateStacksAddress } from '@stacks/transactions';
import type { GridCall } from '../../../src/contract/index.ts';
import { ConfigError, height, type Principal, principal, sequence } from '../../../src/core/index.ts';
import { decide, emptyMarket, evolve, type MarketState } from '../../../src/market/index.ts';
import { AccountIndex } from '../accounts.ts';
import { EventColumnsBuilder } from '../columns-builder.ts';
import { assertFree, createRecording } from '../recording/create-recording.ts';
import { fileDisk } from '../recording/disk.ts';
import { type Manifest, type RecordingOrigin, writeManifest } from '../recording/manifest.ts';
import { SEGMENT_EVENTS } from '../recording/recording-writer.ts';
import { sealSegment } from '../recording/seal.ts';

/** Makes a recording of calls that somebody else's data says were made, by the contract's rules. */
export interface ImportWriter {
  readonly state: MarketState;
  /** The owner of the contract that never was. */
  readonly owner: Principal;
  /** The address of a name: itself where it is one, else a made-up one that is always the same. */
  addressOf(name: string): Principal;
  /**
   * Makes a call in a block; blocks do not go back.
   *
   * @param where what the data calls it, for an error.
   * @throws ConfigError where the contract would refuse it.
   */
  call(caller: Principal, call: GridCall, place: { readonly height: number; readonly where: string }): void;
}

/** One that can be done with. */
interface OpenWriter extends ImportWriter {
  /** Puts the recording in its folder. */
  finish(): Manifest;
  /** Leaves nothing behind. */
  discard(): void;
}

/** Hears how many events there are so far. */
export type OnProgress = (events: number) => void;

export type ImportOrigin = Omit<Extract<RecordingOrigin, { kind: 'imported' }>, 'kind' | 'names'>;

const OWNER_NAME = 'owner of an imported market';

/**
 * Makes a recording of the calls that `write` makes. The folder appears when it is whole; where a call is refused, or
 * anything else goes wrong, nothing stays.
 *
 * @throws ConfigError where the folder is not free.
 */
export function writeImport(
  folder: string,
  options: { readonly origin: ImportOrigin; readonly onProgress: OnProgress },
  write: (writer: ImportWriter) => void,
): Manifest {
  const writer = createImportWriter(folder, options.origin, options.onProgress);
  try {
    write(writer);
    return writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}

function createImportWriter(folder: string, origin: ImportOrigin, onProgress: OnProgress): OpenWriter {
  assertFree(folder);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const owner = madeUpAddress(OWNER_NAME);
  const names: Record<string, string> = {};
  let manifest = createRecording(fileDisk, partial, {
    origin: { kind: 'imported', ...origin, names },
    chain: null,
    owner,
    begin: { sequence: sequence(0), digest: null, snapshot: null },
  });
  let state = emptyMarket({ owner });
  const accounts = new AccountIndex();
  let builder = new EventColumnsBuilder({ accounts, firstSequence: sequence(1) });
  let lastHeight = 0;

  function seal(): void {
    if (builder.length === 0) return;
    manifest = sealSegment({ disk: fileDisk, folder: partial }, manifest, { columns: builder.columns(), digest: null });
    builder = new EventColumnsBuilder({ accounts, firstSequence: sequence(state.sequence + 1) });
  }

  return {
    get state() {
      return state;
    },
    owner,
    addressOf(name) {
      const [address = ''] = name.split('.');
      if (validateStacksAddress(address)) return principal(name);
      const made = madeUpAddress(name);
      names[made] = name;
      return made;
    },
    call(caller, call, { height: at, where }) {
      if (at > lastHeight && builder.length >= SEGMENT_EVENTS) seal();
      lastHeight = at;
      const decision = decide(state, call, { caller, height: height(at) });
      if (!decision.ok) throw new ConfigError(`${where}: the contract refuses ${call.kind}: ${decision.error}`);
      for (const event of decision.events) {
        state = evolve(state, event);
        builder.push(event);
      }
      onProgress(state.sequence);
    },
    finish() {
      seal();
      manifest = { ...manifest, origin: { kind: 'imported', ...origin, names } };
      writeManifest(fileDisk, partial, manifest);
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
      return manifest;
    },
    discard() {
      rmSync(partial, { recursive: true, force: true });
    },
  };
}

/** A testnet address with a valid checksum that nobody has the key of: its hash is the beginning of the name's SHA-256. */
function madeUpAddress(name: string): Principal {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 40);
  return principal(addressToString(addressFromVersionHash(26, hash)));
}
