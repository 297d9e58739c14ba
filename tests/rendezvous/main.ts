import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { neverHappened, sumCounts } from './coverage.ts';
import { defects } from './defects.ts';
import { layOutProject, readContract } from './project.ts';
import { type FuzzType, runSession, type Session, type SessionReport } from './rendezvous.ts';

/**
 * Rendezvous, the Clarity fuzzer, on the contract with the invariants and tests of `clarity/`. Exit code 1 where one was broken, a call aborted, or
 * something that matters did not happen once; with --defects, where a defect of the contract went unnoticed.
 *
 *     npm run test:rendezvous -- [--runs 200] [--seed <number>] [--type invariant|test] [--jobs 2]
 *     npm run test:rendezvous -- --defects [--only <part of its description>] [--type invariant|test] [--jobs 2]
 */

/** A chain lives this long at most: the sweeps look at 300 trades, and a fresh chain shows more than an old one. */
const SESSION_RUNS = 200;
/** A run of `test` is one call, a run of `invariant` six or seven. */
const TESTS_A_RUN = 5;
/** The same calls for every defect. */
const DEFECT_SEED = 7;
const MAX_SEED = 2 ** 31 - 1;

const types: readonly FuzzType[] = ['invariant', 'test'];

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > MAX_SEED) {
    throw new Error(`--${name}: expected a whole number from ${least} to ${MAX_SEED}, was "${text}"`);
  }
  return value;
}

/** As many sessions as the runs need, each with the next seed. */
function plan(type: FuzzType, firstSeed: number, runs: number): Session[] {
  const sessions: Session[] = [];
  for (let left = runs, seed = firstSeed; left > 0; left -= SESSION_RUNS, seed = (seed + 1) % MAX_SEED) {
    sessions.push({ type, seed, runs: Math.min(left, SESSION_RUNS) });
  }
  return sessions;
}

/** Runs a session on a project of its own, whose folder is kept where something was broken. */
async function runAlone(contract: string, { type, seed, runs }: Session): Promise<SessionReport & { folder: string }> {
  const folder = await layOutProject(contract);
  const report = await runSession(folder, { type, seed, runs: type === 'test' ? runs * TESTS_A_RUN : runs });
  if (report.broken === null && report.aborted.length === 0) await rm(folder, { recursive: true });
  return { ...report, folder };
}

async function inParallel<Item>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

function describe({ type, seed, runs }: Session): string {
  return `${type.padEnd(9)} --seed ${seed} --runs ${runs}`;
}

/** Prints what a session came to; whether all held. */
function tell(session: Session, { broken, aborted, history, folder }: SessionReport & { folder: string }): boolean {
  const what = broken ?? aborted[0];
  if (what === undefined) {
    console.log(`${describe(session)}: held, ${history.length} calls`);
    return true;
  }
  console.log(`${describe(session)}: ${broken === null ? 'ABORTED' : 'BROKEN'} ${what}`);
  for (const line of history.slice(-12)) console.log(`  ${line}`);
  console.log(`  all of it: ${join(folder, 'output.txt')}`);
  const { type, seed, runs } = session;
  console.log(`  again: npm run test:rendezvous -- --type ${type} --seed ${seed} --runs ${runs}`);
  return false;
}

/** Whether the contract holds and the sessions have shown it. */
async function fuzz(chosen: readonly FuzzType[], seed: number, runs: number, jobs: number): Promise<boolean> {
  const contract = await readContract();
  const reports: Record<FuzzType, SessionReport[]> = { invariant: [], test: [] };
  let held = true;
  await inParallel(
    chosen.flatMap((type) => plan(type, seed, runs)),
    jobs,
    async (session) => {
      const report = await runAlone(contract, session);
      reports[session.type].push(report);
      if (!tell(session, report)) held = false;
    },
  );
  if (!held) return false;
  for (const type of chosen) {
    const counts = sumCounts(reports[type]);
    console.log(`${type}: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}`);
    const missing = neverHappened(type, counts);
    if (missing.length === 0) continue;
    console.log(
      `${type}: these did not happen once, so nothing is shown of them (more --runs?): ${missing.join(', ')}`,
    );
    held = false;
  }
  return held;
}

/** Whether every defect is noticed, by the same calls that find nothing wrong with the contract itself. */
async function tryDefects(chosen: readonly FuzzType[], only: string, jobs: number): Promise<boolean> {
  const contract = await readContract();
  const sessions = chosen.flatMap((type) => plan(type, DEFECT_SEED, SESSION_RUNS));
  const tried = defects.filter(({ what }) => what.includes(only));
  if (tried.length === 0) throw new Error(`--only: expected part of a defect's description, was "${only}"`);
  let right = 0;
  const unchanged = { what: 'the contract as it is', apply: (source: string) => source };
  await inParallel([unchanged, ...tried], jobs, async (defect) => {
    const found: string[] = [];
    for (const session of sessions) {
      const { broken, aborted, folder } = await runAlone(defect.apply(contract), session);
      found.push(...[broken ?? aborted[0] ?? []].flat());
      await rm(folder, { recursive: true, force: true });
    }
    const isRight = defect === unchanged ? found.length === 0 : found.length > 0;
    if (isRight) right += 1;
    console.log(
      `${isRight ? '' : 'WRONG: '}${defect.what}: ${found.length === 0 ? 'nothing noticed' : found.join(' and ')}`,
    );
  });
  console.log(`${tried.length} defects and the contract as it is: ${right} of ${tried.length + 1} as expected`);
  return right === tried.length + 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: String(SESSION_RUNS) },
      seed: { type: 'string', default: String(Date.now() % MAX_SEED) },
      type: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      defects: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const chosen = types.filter((type) => values.type === undefined || values.type === type);
  if (chosen.length === 0) throw new Error(`--type: expected ${types.join(' or ')}, was "${values.type}"`);
  const jobs = wholeNumber('jobs', values.jobs, 1);
  const seed = wholeNumber('seed', values.seed, 0);
  const runs = wholeNumber('runs', values.runs, 1);
  if (!values.defects) console.log(`Rendezvous: --seed ${seed} --runs ${runs}`);
  const right = values.defects ? await tryDefects(chosen, values.only, jobs) : await fuzz(chosen, seed, runs, jobs);
  if (!right) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
