import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/core/index.ts';
import { checkStrategy } from '../../../src/trading/check-strategy.ts';
import { loadStrategy, strategyFile } from '../../../src/trading/host/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'wattmaker-strategies-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return `./${name}`;
};

const refusal = async (reference: string): Promise<ConfigError> => {
  const error: unknown = await loadStrategy(reference, folder).catch((thrown: unknown) => thrown);
  if (error instanceof ConfigError) return error;
  throw new Error(`expected a refusal, was ${String(error)}`);
};

const good = {
  apiVersion: 1,
  name: 'good',
  description: 'Good.',
  parameters: { x: { kind: 'integer', default: 1, min: 0, max: 2, unit: '', description: 'X.', optimisable: false } },
  decide: () => [],
};

describe('loadStrategy', () => {
  it('behavior: by name', async () => {
    expect((await loadStrategy('bargain-buyer', folder)).name).toBe('bargain-buyer');
  });

  it('behavior: from a file, relative to the directory', async () => {
    const file = write(
      'mine.mjs',
      `export default { apiVersion: 1, name: 'mine', description: 'Mine.', parameters: {}, decide: () => [] };`,
    );
    expect((await loadStrategy(file, folder)).name).toBe('mine');
  });

  it('error: an unknown name lists those that there are', async () => {
    const { message, hints } = await refusal('bargian-buyer');
    expect(message).toBe('expected a strategy, was "bargian-buyer"');
    expect(hints[0]).toBe('Built in are bargain-buyer, market-maker, surplus-seller.');
  });

  it('error: no such file', async () => {
    expect((await refusal('./none.ts')).message).toBe(
      `expected a strategy's file, but there is no ${join(folder, 'none.ts')}`,
    );
  });

  it('error: a .ts file that Node would take for CommonJS', () => {
    write('lone.ts', 'export default {};');
    expect(() => strategyFile('./lone.ts', folder)).toThrow('no package.json above it says "type": "module"');
    write('typed.mts', 'export default {};');
    expect(strategyFile('./typed.mts', folder)).toBe(join(folder, 'typed.mts'));
  });

  it('error: no default export', async () => {
    const file = write('empty.mjs', 'export const strategy = {};');
    expect((await refusal(file)).message).toBe(`strategy "${file}": expected a strategy as default export, was none`);
  });

  it('error: a file that throws as it loads', async () => {
    const file = write('broken.mjs', `throw new Error('no such luck');`);
    expect((await refusal(file)).message).toBe(`strategy "${file}" does not load: Error: no such luck`);
  });
});

describe('checkStrategy', () => {
  it('behavior: a good one passes', () => {
    expect(checkStrategy(good, 'it')).toBe(good);
  });

  it.each([
    [{ ...good, apiVersion: 2 }, 'it: expected apiVersion 1, was 2'],
    [{ ...good, name: 'Not Good' }, 'it: expected a name in kebab-case, was "Not Good"'],
    [{ ...good, description: '' }, 'it: expected a description, was none'],
    [{ ...good, decide: 'later' }, 'it: expected decide to be a function, was none'],
    [{ ...good, parameters: undefined }, 'it: expected parameters, was none'],
    [
      { ...good, parameters: { x: { kind: 'date' } } },
      'it: expected the parameter x to be of kind integer, number or choice, was "date"',
    ],
    [
      { ...good, parameters: { x: { ...good.parameters.x, default: 3 } } },
      'it: expected the default of x to be in its range (0 to 2), was 3',
    ],
    [null, 'it: expected a strategy as default export, was object'],
  ])('error: %j', (value, message) => {
    expect(() => checkStrategy(value, 'it')).toThrow(message);
  });
});
