import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../core/index.ts';
import { strategyTemplate } from './strategy-template.ts';

export interface NewStrategy {
  readonly folder: string;
  readonly files: readonly string[];
  /** The command that runs its test, and the folder to run it in. */
  readonly test: { readonly command: string; readonly folder: string };
}

export interface NewStrategyOptions {
  /** Where the new folder goes. */
  readonly directory: string;
  /** Where strategies need no package of their own. @default this package's strategies */
  readonly builtIn?: string;
}

const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Writes the folder of a new strategy. Outside this package's `strategies/` it is a small package of its own, linked to
 * this one as `npm install` of its package.json would, so that it can be tested where it lies.
 *
 * @throws ConfigError for a name that is not kebab-case or a folder that exists.
 */
export async function newStrategy(
  name: string,
  { directory, builtIn = join(packageRoot, 'strategies') }: NewStrategyOptions,
): Promise<NewStrategy> {
  if (!NAME.test(name)) {
    throw new ConfigError(`expected a strategy's name in kebab-case, was "${name}"`, {
      hints: ['Such as night-buyer.'],
    });
  }
  const folder = resolve(directory, name);
  if (existsSync(folder)) {
    throw new ConfigError(`expected a new folder, but ${folder} exists`, {
      hints: ['Choose another name, or another place with --dir.'],
    });
  }
  const isBuiltIn = resolve(directory) === resolve(builtIn);
  const files = { ...strategyTemplate(name), ...(isBuiltIn ? {} : { 'package.json': packageJson(name, folder) }) };
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content, { flag: 'wx' });
  if (!isBuiltIn) await linkPackages(folder);
  return {
    folder,
    files: Object.keys(files),
    test: isBuiltIn
      ? { command: `npx vitest run strategies/${name}`, folder: resolve(packageRoot) }
      : { command: 'npm test', folder },
  };
}

function packageJson(name: string, folder: string): string {
  const path = relative(folder, packageRoot).split(sep).join('/');
  const content = {
    name: `wattmaker-strategy-${name}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { test: 'node node_modules/vitest/vitest.mjs run' },
    devDependencies: { vitest: '4.1.12', wattmaker: `file:${path}` },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

async function linkPackages(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  await symlink(resolve(packageRoot), join(modules, 'wattmaker'), 'junction');
  await symlink(join(packageRoot, 'node_modules', 'vitest'), join(modules, 'vitest'), 'junction');
}
