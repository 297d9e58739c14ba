import { createHash, randomUUID } from 'node:crypto';
import {
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
import { CorruptionError } from '../../core/index.ts';
import type { WasmMemory } from './wasm-module.ts';

/** Memories of sessions that have just begun: beginning one takes three seconds of processor time, reading it a tenth. */
const cache = fileURLToPath(new URL('../../../.cache/simnet/', import.meta.url));

/** What nobody has read for so long goes: an image has some 80 MB. */
const STALE_MS = 3 * 24 * 60 * 60 * 1_000;
const WASM_PAGE = 65_536;

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
        const { size } = fstatSync(file);
        const { byteLength } = memory.buffer;
        if (size < byteLength || size % WASM_PAGE !== 0) return false;
        if (size > byteLength) memory.grow((size - byteLength) / WASM_PAGE);
        const bytes = new Uint8Array(memory.buffer);
        for (let at = 0; at < size; ) {
          const read = readSync(file, bytes, at, size - at, at);
          // The memory is neither this nor that by now.
          if (read === 0) throw new CorruptionError(`expected ${size} bytes in ${path}, were ${at}`);
          at += read;
        }
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
        writeFileSync(draft, new Uint8Array(memory.buffer));
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

function opened(path: string): number | null {
  try {
    return openSync(path, 'r+');
  } catch {
    return null;
  }
}
