import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BaseError, ConfigError } from '../../core/index.ts';
import { loadSource } from '../../launch/index.ts';
import { checkStrategy } from '../check-strategy.ts';
import type { Strategy } from '../strategy.ts';

/** The folder of the strategies that come with the bot. */
export const BUILT_IN_STRATEGIES = fileURLToPath(new URL('../../../strategies/', import.meta.url));

const FILE = /\.(ts|mts|js|mjs)$/;

/** The names of the strategies in a folder: its subfolders that hold an `index.ts`. */
export function strategyNames(folder: string = BUILT_IN_STRATEGIES): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(resolve(folder, entry.name, 'index.ts')))
    .map(({ name }) => name)
    .sort();
}

/** Whether a reference means a file or a folder rather than a built-in name. */
function isPath(reference: string): boolean {
  return reference.includes('/') || reference.includes(sep) || FILE.test(reference);
}

/**
 * The file that a reference means: a built-in name, or a path to a `.ts` or `.mjs` file or to a strategy's folder,
 * relative to `directory`.
 *
 * @throws ConfigError when there is no such strategy, naming those that there are.
 */
export function strategyFile(reference: string, directory: string): string {
  if (!isPath(reference)) {
    const names = strategyNames();
    if (names.includes(reference)) return resolve(BUILT_IN_STRATEGIES, reference, 'index.ts');
    throw new ConfigError(`expected a strategy, was "${reference}"`, {
      hints: [
        `Built in are ${names.join(', ')}.`,
        `For one of your own give the path of its file, for example ./${reference}.ts, or make one with \`wattmaker strategies new ${reference}\`.`,
      ],
    });
  }
  const path = resolve(directory, reference);
  if (!existsSync(path)) {
    throw new ConfigError(`expected a strategy's file, but there is no ${path}`, {
      hints: [`Paths are relative to ${directory}. Built-in strategies are named without a path.`],
    });
  }
  const file = statSync(path).isDirectory() ? resolve(path, 'index.ts') : path;
  if (!existsSync(file) || !FILE.test(file)) {
    throw new ConfigError(`expected a strategy's .ts or .mjs file or a folder with an index.ts, was ${path}`);
  }
  if (/\.[jt]s$/.test(file) && !liesInModulePackage(file)) {
    throw new ConfigError(`expected ${file} to be an ES module, but no package.json above it says "type": "module"`, {
      hints: [
        `Name it ${file.replace(/\.([jt]s)$/, '.m$1')}, or put a package.json with { "type": "module" } beside it.`,
      ],
    });
  }
  return file;
}

/** Node takes a .ts or .js file for CommonJS unless the nearest package.json says otherwise. */
function liesInModulePackage(file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = resolve(folder, 'package.json');
    if (existsSync(manifest)) return parseType(readFileSync(manifest, 'utf8')) === 'module';
    if (folder === dirname(folder)) return false;
  }
}

function parseType(manifest: string): unknown {
  try {
    return (JSON.parse(manifest) as { readonly type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}

/**
 * Loads one strategy and checks it. This runs the strategy's own top-level code.
 *
 * @param directory what a relative path starts from.
 * @throws ConfigError when it does not exist, does not load, or is not a strategy for this API version.
 */
export async function loadStrategy(reference: string, directory: string): Promise<Strategy<never>> {
  const file = strategyFile(reference, directory);
  try {
    const { default: strategy } = await loadSource(pathToFileURL(file));
    return checkStrategy(strategy, `strategy "${reference}"`);
  } catch (thrown) {
    if (thrown instanceof BaseError) throw thrown;
    const line = thrown instanceof Error ? `${thrown.name}: ${thrown.message.split('\n')[0]}` : String(thrown);
    throw new ConfigError(`strategy "${reference}" does not load: ${line}`, {
      hints: [`Mend ${file}; a strategy may import wattmaker/strategy and files of its own.`],
    });
  }
}
