// Plain JavaScript: it runs before anything here can load TypeScript.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, '.cache', 'bundle');

/** What processes and threads begin with, and what is loaded by its name. All share their modules. */
const ENTRIES = [
  'src/cli/audit/worker.ts',
  'src/cli/main.ts',
  'src/cli/play/play-thread.ts',
  'src/devnet/main.ts',
  'src/service/neighbours/main.ts',
  'src/signer/process/main.ts',
  'src/trading/host/worker.ts',
  'src/trading/strategy-api.ts',
];

/** Packages that find their own files by where they lie, or that a bundler cannot read; all others are bundled too. */
const OUTSIDE = [
  '@electric-sql/*',
  '@hirosystems/*',
  '@inquirer/*',
  'esbuild',
  'highs',
  'pg-native',
  'pino',
  'secp256k1',
  'tsx',
];

/** What `npm` writes when it has changed a package: a stamp for all of them. */
const PACKAGES = 'node_modules/.package-lock.json';

/** CommonJS packages ask for Node's own modules by `require`. */
const REQUIRE =
  "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);";

/** A bundle that nobody built for so long is not what a running process loads its parts from. */
const STALE_MS = 7 * 24 * 60 * 60 * 1_000;

function entriesWith(entry) {
  const strategies = join(root, 'strategies');
  const builtIn = readdirSync(strategies)
    .map((name) => join('strategies', name, 'index.ts'))
    .filter((file) => existsSync(join(root, file)));
  return [...new Set([...ENTRIES, ...builtIn, entry])].sort();
}

/** `file:size:mtime` of a source: what tells whether it has changed since. */
function stampOf(file) {
  const { size, mtimeMs } = statSync(join(root, file));
  return `${file}:${size}:${mtimeMs}`;
}

const isFresh = ({ stamps }) => {
  try {
    return stamps.every((stamp) => stampOf(stamp.slice(0, stamp.indexOf(':'))) === stamp);
  } catch {
    return false;
  }
};

/** Modules keep the address of their source, from which they find files and other entries. */
const keepAddress = {
  name: 'keep-address',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

async function build(entries, manifest) {
  const { build: bundle } = await import('esbuild');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'building-'));
  try {
    const { metafile } = await bundle({
      absWorkingDir: root,
      entryPoints: entries,
      outdir: folder,
      outbase: root,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      external: OUTSIDE,
      banner: { js: REQUIRE },
      alias: { 'wattmaker/strategy': './src/trading/strategy-api.ts' },
      keepNames: true,
      minifyWhitespace: true,
      minifySyntax: true,
      sourcemap: true,
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      plugins: [keepAddress],
    });
    const sources = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules'));
    const stamps = [...sources, PACKAGES, relative(root, fileURLToPath(import.meta.url))].map(stampOf);
    const name = createHash('sha256')
      .update([root, ...stamps].join('\n'))
      .digest('hex')
      .slice(0, 16);
    const kept = join(cache, name);
    // Another process may have built the same one meanwhile; it is as good.
    await rename(folder, kept).catch(async (error) => {
      if (!existsSync(kept)) throw error;
      await rm(folder, { recursive: true, force: true });
    });
    const content = { folder: kept, stamps };
    const draft = `${manifest}.${process.pid}`;
    await writeFile(draft, JSON.stringify(content));
    await rename(draft, manifest);
    await forgetOld(kept);
    return content;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function forgetOld(kept) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (path !== kept && age > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

/**
 * The bundle that holds an entry: that of the last start, or a new one when a source has changed since.
 *
 * @param {string} entry path of a source in this package.
 * @returns {Promise<{ moduleOf(source: string): string | null }>} the address of the module for a source that is an
 * entry, `null` for one that is none.
 * @throws when the sources do not compile or the folder of bundles cannot be written.
 */
export async function openBundle(entry) {
  const path = relative(root, entry);
  const entries = entriesWith(path);
  // With the folder: its address is in the bundle, which a copy of the folder must not run.
  const key = createHash('sha256')
    .update([root, ...entries].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const manifest = join(cache, `${key}.json`);
  const known = await readFile(manifest, 'utf8').then(JSON.parse, () => null);
  const isUsable = known !== null && isFresh(known) && existsSync(known.folder);
  const { folder } = isUsable ? known : await build(entries, manifest);
  return {
    moduleOf(source) {
      const file = relative(root, source);
      if (!entries.includes(file)) return null;
      return pathToFileURL(join(folder, file.replace(/\.ts$/, '.mjs'))).href;
    },
  };
}
