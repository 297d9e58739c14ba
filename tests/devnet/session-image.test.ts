import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sessionImage } from '../../src/devnet/vm/session-image.ts';
import type { WasmMemory } from '../../src/devnet/vm/wasm-module.ts';

const PAGE = 65_536;
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: { readonly Memory: new (pages: { readonly initial: number }) => WasmMemory };
};
const memoryOf = (pages: number, byte: number): WasmMemory => {
  const memory = new WebAssembly.Memory({ initial: pages });
  new Uint8Array(memory.buffer).fill(byte);
  return memory;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wattmaker-image-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the kept memory of a session that has just begun', () => {
  it('comes back as it was, in a memory that grows for it', () => {
    const made = memoryOf(3, 7);
    const image = sessionImage(made, ['a'], folder);
    expect(image.restore()).toBe(false);
    image.keep();
    const other = memoryOf(1, 0);
    expect(sessionImage(other, ['a'], folder).restore()).toBe(true);
    expect(Buffer.compare(Buffer.from(other.buffer), Buffer.from(made.buffer))).toBe(0);
  });

  it('is that of the same settings alone', () => {
    sessionImage(memoryOf(2, 7), ['a'], folder).keep();
    expect(sessionImage(memoryOf(1, 0), ['b'], folder).restore()).toBe(false);
  });

  it('is made anew where it is not whole, and leaves the memory as it is', () => {
    const path = () => join(folder, readdirSync(folder)[0] ?? '');
    const damages = [
      () => truncateSync(path(), PAGE + 1),
      () => truncateSync(path(), PAGE),
      // As long as it was, with a hole.
      () => writeFileSync(path(), Buffer.alloc(10), { flag: 'r+' }),
    ];
    for (const damage of damages) {
      sessionImage(memoryOf(2, 7), ['a'], folder).keep();
      damage();
      const memory = memoryOf(1, 5);
      expect(sessionImage(memory, ['a'], folder).restore()).toBe(false);
      expect(Buffer.compare(Buffer.from(memory.buffer), Buffer.from(memoryOf(1, 5).buffer))).toBe(0);
    }
  });

  it('does without a place for it', () => {
    const memory = memoryOf(1, 0);
    const nowhere = sessionImage(memory, ['a'], join(folder, 'none', '\0'));
    nowhere.keep();
    expect(nowhere.restore()).toBe(false);
  });
});
