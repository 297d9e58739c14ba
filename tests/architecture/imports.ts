import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ImportEdge {
  /** Importing file, relative to the tree's root. */
  readonly from: string;
  /** Imported file relative to the tree's root, or the bare package name. */
  readonly to: string;
  readonly external: boolean;
}

/** All TypeScript files below `folder`, relative to `base`. */
export function sourceFiles(base: string, folder: string): string[] {
  return readdirSync(join(base, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(base, join(entry.parentPath, entry.name)))
    .sort();
}

interface ModuleInfo {
  readonly staticImports: readonly { readonly moduleRequest: { readonly value: string } }[];
  readonly staticExports: readonly {
    readonly entries: readonly { readonly moduleRequest: { readonly value: string } | null }[];
  }[];
  readonly dynamicImports: readonly { readonly moduleRequest: { readonly start: number; readonly end: number } }[];
}

/**
 * Reads every import, re-export and literal dynamic import, type-only ones included, with the parser of the build tool:
 * TypeScript 7 offers none, and checkers built on the old one read nothing and report success.
 */
export function importEdges(base: string, folders: readonly string[]): ImportEdge[] {
  const edges: ImportEdge[] = [];
  for (const file of folders.flatMap((folder) => sourceFiles(base, folder))) {
    const text = readFileSync(join(base, file), 'utf8');
    const parsed = parseSync(file, text, { lang: 'ts' });
    const firstError = parsed.errors[0];
    if (firstError) throw new Error(`${file} does not parse: ${firstError.message}`);
    const info = parsed.module as unknown as ModuleInfo;
    const specifiers = [
      ...info.staticImports.map((entry) => entry.moduleRequest.value),
      ...info.staticExports.flatMap((entry) =>
        entry.entries.flatMap((each) => (each.moduleRequest ? [each.moduleRequest.value] : [])),
      ),
      ...info.dynamicImports
        .map((entry) => text.slice(entry.moduleRequest.start, entry.moduleRequest.end))
        .filter((literal) => /^['"`]/.test(literal))
        .map((literal) => literal.slice(1, -1)),
    ];
    for (const specifier of new Set(specifiers)) {
      const external = !specifier.startsWith('.');
      const to = external ? specifier : relative(base, resolve(base, dirname(file), specifier));
      edges.push({ from: file, to, external });
    }
  }
  return edges;
}

/** The cycles among the files of `edges`, each as the list of files on it. */
export function importCycles(edges: readonly ImportEdge[]): string[][] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (!edge.external) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  }
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return cycles;
}
