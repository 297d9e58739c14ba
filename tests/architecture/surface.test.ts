import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportedNames, root, sourceFiles } from './imports.ts';

/** What the package publishes besides the folders' own surfaces. */
const published = Object.values(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly exports: Record<string, string> })
    .exports,
)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace('./', ''));

const files = sourceFiles(root, 'src');
const isSurface = (file: string): boolean => basename(file) === 'index.ts' || published.includes(file);
const surfaces = files.filter(isSurface);

const reExports = (base: string, file: string): string[] =>
  exportedNames(base, file).flatMap(({ name, from }) => (from === null ? [] : [`${file}: ${name} of ${from}`]));

describe('the surface of the folders', () => {
  it('behavior: changes only where a diff of surface.txt shows it (after a wanted change: vitest run -u)', async () => {
    expect(surfaces.length).toBeGreaterThan(10);
    const listed = surfaces.map((file) => {
      const names = exportedNames(root, file).map(({ name, isType }) => (isType ? `  type ${name}` : `  ${name}`));
      return [file, ...names].join('\n');
    });
    await expect(`${listed.join('\n\n')}\n`).toMatchFileSnapshot('surface.txt');
  });

  it('behavior: only they re-export', () => {
    const others = [...files, ...sourceFiles(root, 'strategies')].filter((file) => !isSurface(file));
    expect(others.flatMap((file) => reExports(root, file))).toEqual([]);
  });

  it('behavior: they name what they re-export', () => {
    const wholesale = surfaces.filter((file) => exportedNames(root, file).some(({ name }) => name === '*'));
    expect(wholesale).toEqual([]);
  });

  it('error: a re-export in a fixture is found, also by way of an import', () => {
    const base = mkdtempSync(join(tmpdir(), 'wattmaker-surface-'));
    const text = "import { a } from './b.ts';\nexport { a };\nexport * from './c.ts';\nexport const own = 1;\n";
    writeFileSync(join(base, 'x.ts'), text);
    expect(reExports(base, 'x.ts')).toEqual(['x.ts: * of ./c.ts', 'x.ts: a of ./b.ts']);
    expect(exportedNames(base, 'x.ts')).toContainEqual({ name: 'own', isType: false, from: null });
  });
});
