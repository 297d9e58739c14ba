import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPglite } from './pglite.ts';

/**
 * Empty databases, made once per version of PGlite: making one takes several times as long as opening it. Where the
 * folder cannot be written, every database is made from nothing.
 */
const cache = fileURLToPath(new URL('../../../.cache/database/', import.meta.url));
const packageFile = fileURLToPath(new URL('../package.json', import.meta.resolve('@electric-sql/pglite')));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Makes `path` by `make`, which gets another path to write to, all or nothing; of two that make it at once, one wins. */
async function once(path: string, make: (draft: string) => Promise<void>): Promise<void> {
  if (await exists(path)) return;
  await mkdir(cache, { recursive: true });
  const workshop = await mkdtemp(join(cache, 'making-'));
  try {
    const draft = join(workshop, 'draft');
    await make(draft);
    await rename(draft, path).catch(async (error: unknown) => {
      if (!(await exists(path))) throw error;
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function templatePath(): Promise<string> {
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { readonly version: string };
  return join(cache, version);
}

/** The files of an empty database; `null` where none can be kept. */
async function templateFolder(): Promise<string | null> {
  try {
    const path = await templatePath();
    await once(path, async (draft) => {
      const database = await startPglite({ dataDir: draft });
      await database.close();
    });
    return path;
  } catch {
    return null;
  }
}

/**
 * Puts an empty database at `path`, unless one is there or none can be kept, all or nothing: a process that dies
 * meanwhile leaves none.
 */
export async function placeEmptyDatabase(path: string): Promise<void> {
  if (await exists(path)) return;
  const template = await templateFolder();
  if (template === null) return;
  const draft = `${path}.new`;
  await rm(draft, { recursive: true, force: true });
  await cp(template, draft, { recursive: true });
  await rename(draft, path);
}

/** An empty database as an archive that PGlite unpacks into memory; `null` where none can be kept. */
export async function emptyDatabaseArchive(): Promise<Blob | null> {
  try {
    const path = `${await templatePath()}.tar`;
    await once(path, async (draft) => {
      const database = await startPglite({});
      const archive = await database.dumpDataDir('none');
      await database.close();
      await writeFile(draft, Buffer.from(await archive.arrayBuffer()));
    });
    // Not a blob of the file: that could not be read any more once another process has put its own in place.
    return new Blob([await readFile(path)]);
  } catch {
    return null;
  }
}
