import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCycles, importEdges, root } from './imports.ts';
import { mayImport } from './rooms.ts';

const folders = ['src', 'backtest', 'strategies'];
const edges = importEdges(root, folders);
const isTest = (file: string): boolean => file.endsWith('.test.ts');

describe('imports', () => {
  it('behavior: the reader sees the tree (a reader that sees nothing would allow everything)', () => {
    expect(edges.length).toBeGreaterThan(300);
    expect(edges.some((edge) => edge.from === 'src/core/units.ts' && edge.to === 'src/core/errors.ts')).toBe(true);
  });

  it('behavior: every arrow points inward, as the table of rooms says', () => {
    const inner = edges.filter((edge) => !edge.external || edge.to.startsWith('wattmaker/'));
    const forbidden = inner.filter((edge) => !isTest(edge.from) && !mayImport(edge.from, edge.to));
    expect(forbidden.map((edge) => `${edge.from} -> ${edge.to}`)).toEqual([]);
  });

  it('behavior: no cycle', () => {
    expect(importCycles(edges)).toEqual([]);
  });

  it('error: a violation and a cycle in a fixture are found', () => {
    const base = mkdtempSync(join(tmpdir(), 'wattmaker-imports-'));
    for (const folder of ['src/core', 'src/market']) mkdirSync(join(base, folder), { recursive: true });
    writeFileSync(join(base, 'src/core/a.ts'), "import type { B } from '../market/b.ts';\nexport type A = B;\n");
    writeFileSync(join(base, 'src/market/b.ts'), "export type { A as B } from '../core/a.ts';\n");
    const found = importEdges(base, ['src']);
    expect(found.filter((edge) => !mayImport(edge.from, edge.to)).map((edge) => edge.from)).toEqual(['src/core/a.ts']);
    expect(importCycles(found)).toHaveLength(1);
  });
});
