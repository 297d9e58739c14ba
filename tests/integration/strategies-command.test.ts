import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { newStrategy } from '../../src/cli/scaffold/new-strategy.ts';
import { strategiesCommand } from '../../src/cli/strategies.ts';
import { ConfigError } from '../../src/core/index.ts';
import { loadStrategy } from '../../src/trading/host/index.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'wattmaker-new-'));

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function output(...args: string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await strategiesCommand().parseAsync(args, { from: 'user' });
  vi.restoreAllMocks();
  return written.join('');
}

/** A run of vitest from outside, without what this run left in the environment. */
async function vitest(cwd: string): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1' };
  const { stdout } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run'], { cwd, env });
  return stdout;
}

describe('strategies list', () => {
  it('default: shows the built-in strategies with their parameters', async () => {
    const text = await output('list');
    expect(text).toContain('bargain-buyer: Buys whole lots');
    expect(text).toMatch(/discountPercent\s+│ 5\s+│ 0 to 100\s+│ %/);
  });

  it('behavior: --json prints one object', async () => {
    const { strategies } = JSON.parse(await output('list', '--json')) as { strategies: { name: string }[] };
    expect(strategies.map(({ name }) => name)).toEqual(expect.arrayContaining(['market-maker', 'surplus-seller']));
  });

  it('error: an unknown one', async () => {
    await expect(output('list', 'nobody')).rejects.toThrow(ConfigError);
  });
});

describe('strategies new', () => {
  it('behavior: makes a folder whose test passes, outside the package', async () => {
    const made = JSON.parse(await output('new', 'night-buyer', '--dir', folder, '--json')) as { folder: string };
    expect(made.folder).toBe(join(folder, 'night-buyer'));
    expect(await vitest(made.folder)).toMatch(/Tests\s+2 passed/);
    expect((await loadStrategy(made.folder, folder)).name).toBe('night-buyer');
  }, 60_000);

  it('behavior: among the built-in ones it needs no package of its own', async () => {
    const made = await newStrategy('day-buyer', { directory: folder, builtIn: folder });
    expect(made.files).toEqual(['README.md', 'params.ts', 'strategy.ts', 'index.ts', 'strategy.test.ts']);
    expect(made.test.command).toBe('npx vitest run strategies/day-buyer');
  });

  it('error: a folder that exists', async () => {
    await newStrategy('twice', { directory: folder });
    await expect(newStrategy('twice', { directory: folder })).rejects.toThrow(
      `expected a new folder, but ${join(folder, 'twice')} exists`,
    );
  });

  it('error: a name that is not kebab-case', async () => {
    await expect(newStrategy('../Evil', { directory: folder })).rejects.toThrow('was "../Evil"');
  });
});
