// Plain JavaScript: Node 20 loads no .ts.
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { openBundle } from './bundle.mjs';

/**
 * Lets more of a WebAssembly function run (400 MB of its code, not 2) before V8 compiles it once more, optimised. The usual
 * has half of Postgres or of the contract's machine compiled twice at every start, which takes more of the processors than
 * the start itself; what runs for long is optimised all the same.
 */
const START_FAST = '--wasm-tiering-budget=400000000';

/**
 * Loads and runs an entry in this process or thread: from the bundle, in half the time; where none can be built, for
 * example in a folder that is read-only, from the sources.
 *
 * @param {string} entry path of a source in this package.
 */
export async function launch(entry) {
  // Threads share the flags of their process.
  if (isMainThread) setFlagsFromString(START_FAST);
  let bundle;
  try {
    bundle = await openBundle(entry);
  } catch {
    // The sources tell better what is wrong with them than a bundler does.
    const { register } = await import('tsx/esm/api');
    register();
    await import(pathToFileURL(entry).href);
    return;
  }
  process.setSourceMapsEnabled(true);
  globalThis[Symbol.for('wattmaker.bundle')] = bundle;
  await import(bundle.moduleOf(entry));
}
