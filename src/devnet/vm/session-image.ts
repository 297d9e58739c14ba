import { createHash, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { CorruptionError } from '../../core/index.ts';
import type { WasmMemory } from './wasm-module.ts';

/** Memories of sessions that have just begun: beginning one takes some ten times as long as reading it. */
const cache = fileURLToPath(new URL('../../../.cache/simnet/', import.meta.url));

/** What nobody has read for so long goes: an image has some 80 MB. */
const STALE_MS = 3 * 24 * 60 * 60 * 1_000;
const WASM_PAGE = 65_536;
/** A CRC-32 at the end of the file. */
const CHECKSUM_BYTES = 4;

export interface SessionImage {
  /** Puts the memory back that was kept; false where there is none that fits. */
  restore(): boolean;
  /** Keeps the memory for other processes, where there is a place for it. */
  keep(): void;
}

/** The kept memory of a session; `settings` is all that it depends on. */
export function sessionImage(memory: WasmMemory, settings: readonly unknown[], folder = cache): SessionImage {
  const name = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 24);
  const path = join(folder, `${name}.memory`);
  return {
    restore() {
      const file = opened(path);
      if (file === null) return false;
      try {
        const size = fstatSync(file).size - CHECKSUM_BYTES;
        const { byteLength } = memory.buffer;
        if (size < byteLength || size % WASM_PAGE !== 0 || !isWhole(file, size)) return false;
        if (size > byteLength) memory.grow((size - byteLength) / WASM_PAGE);
        read(file, new Uint8Array(memory.buffer), 0);
        // Whoever tidies up sees that it is in use.
        futimesSync(file, new Date(), new Date());
        return true;
      } finally {
        closeSync(file);
      }
    },
    keep() {
      try {
        mkdirSync(folder, { recursive: true });
        const draft = `${path}.${randomUUID()}`;
        const bytes = new Uint8Array(memory.buffer);
        writeFileSync(draft, bytes);
        appendFileSync(draft, checksumOf(crc32(bytes)));
        renameSync(draft, path);
        for (const other of readdirSync(folder).map((file) => join(folder, file))) {
          if (Date.now() - statSync(other).mtimeMs > STALE_MS) rmSync(other, { force: true });
        }
      } catch {
        // A folder that is read-only or full: sessions begin from nothing.
      }
    },
  };
}

function checksumOf(value: number): Buffer {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Whether the first `size` bytes are those that were written: a machine that loses power can leave a file with holes. */
function isWhole(file: number, size: number): boolean {
  const chunk = Buffer.alloc(16 * WASM_PAGE);
  let checksum = 0;
  for (let at = 0; at < size; at += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, size - at));
    read(file, part, at);
    checksum = crc32(part, checksum);
  }
  const kept = Buffer.alloc(CHECKSUM_BYTES);
  read(file, kept, size);
  return kept.equals(checksumOf(checksum));
}

/** Fills `bytes` from a place in a file on. @throws CorruptionError where the file ends before. */
function read(file: number, bytes: Uint8Array, from: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, bytes.length - done, from + done);
    if (count === 0) throw new CorruptionError(`expected ${bytes.length - done} more bytes, was the end of the file`);
    done += count;
  }
}

function opened(path: string): number | null {
  try {
    return openSync(path, 'r+');
  } catch {
    return null;
  }
}
