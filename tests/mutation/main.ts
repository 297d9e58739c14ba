import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { copyProject, removeCopy } from '../support/project-copy.ts';
import { type Change, CONTRACT, contractChange } from './change.ts';
import { modelChanges } from './model-changes.ts';
import { mutants } from './mutants.ts';

/**
 * Changes the contract, and then its model, a little at a time and shows whether the tests that play them side by side, the
 * contract in the middle and the table of refusals notice. Exit code 1 where one change survives or cannot be made.
 *
 *     npm run test:mutation -- [--jobs 2] [--of contract|model] [--only <part of its description>]
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The same histories for every mutant. */
const SEED = '20261124';
const RUNS = '25';
const BINDING = 'src/contract/abi.generated.ts';

type Verdict = 'killed' | 'survived' | 'broken';

/** What most changes fall to, and then the rest: by name, and in which files. */
const PHASES: readonly (readonly [names: string, ...files: readonly string[]])[] = [
  ['agree on every move', 'tests/model/stateful.property'],
  [
    'answer, print and store|cannot use its user|error: every refusal',
    'tests/model/stateful.property',
    'tests/model/middleman',
    'tests/contract/errors.test',
  ],
];

/** Runs the tests in a copy of the project; the tests that read the contract's text instead of running it stay out. */
async function runTests(folder: string): Promise<{ code: number; output: string }> {
  for (const phase of PHASES) {
    const result = await runPhase(folder, phase);
    if (result.code !== 0) return result;
  }
  return { code: 0, output: '' };
}

function runPhase(
  folder: string,
  [names, ...files]: (typeof PHASES)[number],
): Promise<{ code: number; output: string }> {
  const args = [
    'vitest',
    'run',
    '--bail',
    '1',
    '--project',
    'contract',
    '--testTimeout',
    '600000',
    '-t',
    names,
    ...files,
  ];
  const env = { ...process.env, FUZZ_SEED: SEED, FUZZ_RUNS: RUNS, FUZZ_SHRINK: 'no', NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile('npx', args, { cwd: folder, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}

async function judge(folder: string, { file, apply }: Change): Promise<{ verdict: Verdict; by: string }> {
  const original = await readFile(join(root, file), 'utf8');
  const changed = apply(original);
  await writeFile(join(folder, file), changed);
  if (file === CONTRACT) await bind(folder, changed);
  const { code, output } = await runTests(folder);
  await writeFile(join(folder, file), original);
  if (file === CONTRACT) await bind(folder, original);
  if (code === 0) return { verdict: 'survived', by: '' };
  // Only what a test or the binding's decoding noticed is a kill: a contract that the chain refuses never came so far.
  const noticed = /(?:AssertionError|CorruptionError)[^:]*: (.*)/.exec(output)?.[1];
  if (noticed !== undefined) return { verdict: 'killed', by: noticed.slice(0, 110) };
  return { verdict: 'broken', by: output.slice(-300) };
}

/** The binding refuses any other source than its own: the copy's is told of the change. */
async function bind(folder: string, source: string): Promise<void> {
  const binding = await readFile(join(root, BINDING), 'utf8');
  const digest = createHash('sha256').update(source).digest('hex');
  await writeFile(join(folder, BINDING), binding.replace(/'[0-9a-f]{64}'/, `'${digest}'`));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { jobs: { type: 'string', default: '2' }, of: { type: 'string' }, only: { type: 'string' } },
  });
  const changes = [...mutants.map(contractChange), ...(await modelChanges(root))];
  const chosen = changes.filter(({ of, what }) => what.includes(values.only ?? '') && of === (values.of ?? of));
  const source = await readFile(join(root, CONTRACT), 'utf8');
  for (const { file, apply } of chosen) if (file === CONTRACT) apply(source);
  const queue = [...chosen];
  const counts: Record<Verdict, number> = { killed: 0, survived: 0, broken: 0 };
  const worker = async (): Promise<void> => {
    const folder = await copyProject(root);
    try {
      for (let change = queue.shift(); change !== undefined; change = queue.shift()) {
        const { verdict, by } = await judge(folder, change);
        counts[verdict] += 1;
        console.log(`${verdict.padEnd(9)} ${change.of}: ${change.what}${by === '' ? '' : ` (${by})`}`);
      }
    } finally {
      await removeCopy(folder);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, worker));
  console.log(
    `${chosen.length} changes: ${counts.killed} killed, ${counts.survived} survived, ${counts.broken} that no test could run`,
  );
  if (chosen.length === 0 || counts.killed !== chosen.length) process.exitCode = 1;
}

await main();
