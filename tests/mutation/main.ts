import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';

/**
 * Changes the contract a little at a time and shows whether the stateful tests, the contract in the middle and the table of
 * refusals notice. Exit code 1 where one change survives or cannot be made.
 *
 *     npm run test:mutation -- [--jobs 2] [--only <part of its description>]
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const copied = [
  'src',
  'tests',
  'strategies',
  'contracts',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'Clarinet.toml',
];
/** The same histories for every mutant. */
const SEED = '20261124';
const RUNS = '25';

type Verdict = 'killed' | 'survived' | 'does not deploy';

/** The contract with the change; throws where its text is not found. */
function mutate(source: string, { what, find, replace, inside, throughout }: Mutant): string {
  const from = inside === undefined ? 0 : source.indexOf(inside);
  const at = from < 0 ? -1 : source.indexOf(find, from);
  if (at < 0) throw new Error(`${what}: expected to find "${from < 0 ? inside : find}" in the contract`);
  if (!throughout) return source.slice(0, at) + replace + source.slice(at + find.length);
  const end = source.indexOf('\n(define-', from);
  return source.slice(0, from) + source.slice(from, end).replaceAll(find, replace) + source.slice(end);
}

/** Runs the tests in a copy of the project; the tests that read the contract's text instead of running it stay out. */
function runTests(folder: string): Promise<{ code: number; output: string }> {
  const args = [
    'vitest',
    'run',
    '--bail',
    '1',
    '--project',
    'parts',
    '-t',
    'agree on every move|answer, print and store|cannot use its user|error: every refusal',
    'tests/model/stateful.property',
    'tests/model/middleman',
    'tests/contract/errors.test',
  ];
  const env = { ...process.env, FUZZ_SEED: SEED, FUZZ_RUNS: RUNS, FUZZ_SHRINK: 'no', NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile('npx', args, { cwd: folder, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}

async function judge(folder: string, source: string, mutant: Mutant): Promise<{ verdict: Verdict; by: string }> {
  const mutated = mutate(source, mutant);
  await writeFile(join(folder, 'contracts/energy-grid.clar'), mutated);
  // The binding refuses any other source than its own: the copy's is told of the change.
  const binding = await readFile(join(root, 'src/contract/abi.generated.ts'), 'utf8');
  const digest = createHash('sha256').update(mutated).digest('hex');
  await writeFile(join(folder, 'src/contract/abi.generated.ts'), binding.replace(/'[0-9a-f]{64}'/, `'${digest}'`));
  const { code, output } = await runTests(folder);
  if (code === 0) return { verdict: 'survived', by: '' };
  // Only what a test or the binding's decoding noticed is a kill; a contract that the chain refuses never came so far.
  const assertion = /(?:AssertionError|CorruptionError)[^:]*: (.*)/.exec(output)?.[1];
  if (assertion !== undefined) return { verdict: 'killed', by: assertion.slice(0, 110) };
  return { verdict: 'does not deploy', by: output.slice(-300) };
}

async function openCopy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-mutation-'));
  for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { jobs: { type: 'string', default: '2' }, only: { type: 'string' } } });
  const source = await readFile(join(root, 'contracts/energy-grid.clar'), 'utf8');
  const chosen = mutants.filter(({ what }) => what.includes(values.only ?? ''));
  for (const mutant of chosen) mutate(source, mutant);
  const queue = [...chosen];
  const counts: Record<Verdict, number> = { killed: 0, survived: 0, 'does not deploy': 0 };
  const worker = async (): Promise<void> => {
    const folder = await openCopy();
    try {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const { verdict, by } = await judge(folder, source, mutant);
        counts[verdict] += 1;
        console.log(`${verdict.padEnd(15)} ${mutant.what}${by === '' ? '' : ` (${by})`}`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, worker));
  console.log(
    `${chosen.length} mutants: ${counts.killed} killed, ${counts.survived} survived, ${counts['does not deploy']} do not deploy`,
  );
  if (counts.killed !== chosen.length) process.exitCode = 1;
}

await main();
