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

interface NamedEntry {
  readonly kind: string;
  readonly name: string | null;
}

interface ModuleInfo {
  readonly staticImports: readonly { readonly moduleRequest: { readonly value: string } }[];
  readonly staticExports: readonly {
    readonly entries: readonly {
      readonly moduleRequest: { readonly value: string } | null;
      readonly exportName: NamedEntry;
      readonly isType: boolean;
    }[];
  }[];
  readonly dynamicImports: readonly { readonly moduleRequest: { readonly start: number; readonly end: number } }[];
}

/**
 * What a file imports and exports, read with the parser of the build tool: TypeScript 7 offers none, and checkers built
 * on the old one read nothing and report success.
 */
function readModule(base: string, file: string): { readonly text: string; readonly info: ModuleInfo } {
  const text = readFileSync(join(base, file), 'utf8');
  const parsed = parseSync(file, text, { lang: 'ts' });
  const firstError = parsed.errors[0];
  if (firstError) throw new Error(`${file} does not parse: ${firstError.message}`);
  return { text, info: parsed.module as unknown as ModuleInfo };
}

/** Reads every import, re-export and literal dynamic import, type-only ones included. */
export function importEdges(base: string, folders: readonly string[]): ImportEdge[] {
  const edges: ImportEdge[] = [];
  for (const file of folders.flatMap((folder) => sourceFiles(base, folder))) {
    const { text, info } = readModule(base, file);
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

export interface ExportedName {
  /** `*` for everything that another file exports. */
  readonly name: string;
  readonly isType: boolean;
  /** The file that it comes from as written there, or null where it is declared here; an import handed on counts as the former. */
  readonly from: string | null;
}

/** What a file exports, in the order of names. */
export function exportedNames(base: string, file: string): ExportedName[] {
  return readModule(base, file)
    .info.staticExports.flatMap(({ entries }) => entries)
    .map(({ exportName, isType, moduleRequest }) => ({
      name: exportName.name ?? (exportName.kind === 'Default' ? 'default' : '*'),
      isType,
      from: moduleRequest?.value ?? null,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
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
