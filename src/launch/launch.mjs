// Plain JavaScript: Node 20 loads no .ts.
import { pathToFileURL } from 'node:url';
import { openBundle } from './bundle.mjs';

/**
 * Loads and runs an entry in this process or thread: from the bundle, in half the time; where none can be built, for
 * example in a folder that is read-only, from the sources.
 *
 * @param {string} entry path of a source in this package.
 */
export async function launch(entry) {
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
