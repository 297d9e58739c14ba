import { execFile } from 'node:child_process';
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyProject, removeCopy } from '../support/project-copy.ts';

const run = promisify(execFile);
let folder: string;
let main: string;
let source: string;
beforeAll(async () => {
  folder = await copyProject(fileURLToPath(new URL('../..', import.meta.url)));
  main = join(folder, 'src/cli/main.ts');
  source = await readFile(main, 'utf8');
});
afterEach(async () => {
  // Written again it would be another source, and bundled anew.
  if ((await readFile(main, 'utf8')) !== source) await writeFile(main, source);
});
afterAll(() => removeCopy(folder));

const wattmaker = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, ['src/cli/wattmaker.mjs', ...args], { cwd: folder })).stdout.trim();
const bundles = (): Promise<string[]> => readdir(join(folder, '.cache', 'bundle'));

describe('a start from the sources', { timeout: 60_000 }, () => {
  it('behavior: bundles them once, and again when one has changed', async () => {
    await wattmaker('--version');
    const first = await bundles();
    await wattmaker('--version');
    expect(await bundles()).toEqual(first);
    expect(source).toContain('.version(version)');
    await writeFile(main, source.replace('.version(version)', '.version("changed")'));
    expect(await wattmaker('--version')).toBe('changed');
  });

  it('behavior: two at once, and neither sees half a bundle', async () => {
    await rm(join(folder, '.cache'), { recursive: true });
    const versions = await Promise.all(Array.from({ length: 4 }, () => wattmaker('--version')));
    expect(new Set(versions).size).toBe(1);
  });

  it('behavior: a copy of the folder, bundles and all, runs what it holds itself', async () => {
    await wattmaker('--version');
    const copy = `${folder}-copied`;
    // Not Node's own, which rounds the times by which a change is told.
    await run('cp', ['-a', folder, copy]);
    try {
      const manifest = join(copy, 'package.json');
      const content = JSON.parse(await readFile(manifest, 'utf8')) as object;
      await writeFile(manifest, JSON.stringify({ ...content, version: '9.9.9' }));
      const { stdout } = await run(process.execPath, ['src/cli/wattmaker.mjs', '--version'], { cwd: copy });
      expect(stdout.trim()).toBe('9.9.9');
    } finally {
      await removeCopy(copy);
    }
  });

  it('behavior: does without a bundle where none can be kept', async () => {
    const version = await wattmaker('--version');
    await rm(join(folder, '.cache'), { recursive: true });
    await writeFile(join(folder, '.cache'), 'a file where the folder would be');
    expect(await wattmaker('--version')).toBe(version);
    await rm(join(folder, '.cache'));
  });

  it('behavior: a failure names the source and its line', async () => {
    await appendFile(main, "throw new Error('planted');\n");
    const line = source.trimEnd().split('\n').length + 1;
    const failure = await wattmaker('--version').catch((error: { readonly stderr: string }) => error.stderr);
    expect(failure).toContain(`src/cli/main.ts:${line}`);
  });

  it('behavior: a source that does not compile is told as such', async () => {
    await appendFile(main, 'const = 1;\n');
    const failure = await wattmaker('--version').catch((error: { readonly stderr: string }) => error.stderr);
    expect(failure).toContain('src/cli/main.ts');
  });

  it("behavior: a user's strategy anywhere has the API of the bot", async () => {
    const strategy = join(folder, '..', `strategy-${process.pid}.mts`);
    await writeFile(strategy, "import { price } from 'wattmaker/strategy';\nprice(-1);\nexport default {};\n");
    try {
      const failure = await wattmaker('strategies', 'list', strategy).catch(
        (error: { readonly stderr: string }) => error.stderr,
      );
      // The bot's own error, not one of a second copy of it.
      expect(failure).toMatch(/^error: expected a price/);
    } finally {
      await rm(strategy);
    }
  });
});
