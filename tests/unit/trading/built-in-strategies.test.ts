import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_STRATEGIES, loadStrategy, strategyNames } from '../../../src/trading/host/index.ts';
import { rangeOf } from '../../../src/trading/index.ts';

describe('built-in strategies', () => {
  it('behavior: there are three to start with', () => {
    expect(strategyNames()).toEqual(expect.arrayContaining(['bargain-buyer', 'market-maker', 'surplus-seller']));
  });

  describe.each(strategyNames())('%s', (name) => {
    it('behavior: loads, and is named after its folder', async () => {
      expect(await loadStrategy(name, '.')).toMatchObject({ apiVersion: 1, name });
    });

    it('behavior: its README lists the declared parameters', async () => {
      const { parameters } = await loadStrategy(name, '.');
      const readme = readFileSync(join(BUILT_IN_STRATEGIES, name, 'README.md'), 'utf8');
      const rows = readme
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .slice(2)
        .map((line) =>
          line
            .split('|')
            .map((cell) => cell.trim())
            .slice(1, -1),
        );
      const declared = Object.entries(parameters).map(([parameter, spec]) => [
        parameter,
        String(spec.default),
        rangeOf(spec),
        spec.unit,
        spec.description,
      ]);
      expect(rows).toEqual(declared);
    });
  });
});
