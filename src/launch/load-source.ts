import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What the launcher leaves in a process that runs from a bundle. */
interface Bundle {
  moduleOf(source: string): string | null;
}

const bundle = (globalThis as { readonly [key: symbol]: Bundle | undefined })[Symbol.for('wattmaker.bundle')];

/** What strategies import as `wattmaker/strategy`. */
const STRATEGY_API = new URL('../trading/strategy-api.ts', import.meta.url);

let prepared = false;

/** Lets this thread load TypeScript, and a strategy that lies anywhere import `wattmaker/strategy`; once is enough. */
export async function prepareToLoad(): Promise<void> {
  if (prepared) return;
  prepared = true;
  // Without a bundle whatever runs this source loads TypeScript already.
  if (bundle !== undefined) (await import('tsx/esm/api')).register();
  // One copy of the API in a process: its errors are told by their class.
  const api = bundle?.moduleOf(fileURLToPath(STRATEGY_API)) ?? STRATEGY_API.href;
  register('./strategy-alias.mjs', { parentURL: import.meta.url, data: { api } });
}

/**
 * Imports a module by its address: a source of this package that the bundle holds as an entry, or any `.ts` or `.mjs` file
 * of a user.
 */
export async function loadSource(source: URL): Promise<Readonly<Record<string, unknown>>> {
  const bundled = bundle?.moduleOf(fileURLToPath(source)) ?? null;
  if (bundled === null) await prepareToLoad();
  return import(/* @vite-ignore */ bundled ?? source.href);
}
