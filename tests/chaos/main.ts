import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { startPostgres, startRedis } from '../support/services.ts';
import { planRound, type RoundPlan, setups, type Theme, themes } from './plan.ts';
import { playRound, type RoundResult, type Servers, unplayed } from './round.ts';
import { killPoints, nameOf } from './steps.ts';
import { summarise } from './summary.ts';
import { buildTown } from './town.ts';

/**
 * Real bots, real stores and a real chain's process, and everything that can go wrong with them; then everything is compared.
 *
 *     npm run chaos -- [--rounds 8] [--seed S] [--jobs 2] [--json]
 *     npm run chaos -- --seed S --round R        one round again
 *     npm run chaos -- --theme rivals --at 'after claim' --bail     of one kind, with deaths there, until the first failure
 *
 * Exit code 1 where anything was lost, executed twice, unexplained, left undone or leaked.
 */
async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      rounds: text,
      seed: text,
      jobs: text,
      round: text,
      theme: text,
      at: text,
      bail: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const seed = wholeNumber('--seed', values.seed ?? String(Date.now() % 1_000_000_000));
  const rounds = wholeNumber('--rounds', values.rounds ?? '8');
  const only = values.round === undefined ? null : wholeNumber('--round', values.round);
  const at = pointNamed(values.at);
  const theme = themeNamed(values.theme);
  const plans = only === null ? plansOf({ seed, rounds, theme, at }) : [planRound(seed, only, { at })];
  const queue = [...plans];
  const jobs = Math.min(wholeNumber('--jobs', values.jobs ?? String(availableParallelism())), queue.length);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`chaos: ${queue.length} rounds over ${setups.length} set-ups, seed ${seed}, ${jobs} at once`);

  const from = performance.now();
  const results: RoundResult[] = [];
  const workers = Array.from({ length: jobs }, () => work({ seed, queue, results, say, bail: values.bail }));
  try {
    await Promise.all(workers);
  } finally {
    await Promise.allSettled(workers);
  }
  const seconds = (performance.now() - from) / 1_000;
  const summary = summarise(results, { seed, seconds });
  process.stdout.write(`${values.json ? JSON.stringify(summary.data) : summary.text}\n`);
  if (summary.data.problems > 0) process.exitCode = 1;
}

interface Work {
  readonly seed: number;
  readonly queue: RoundPlan[];
  readonly results: RoundResult[];
  /** Whether the first round with a problem is the last. */
  readonly bail: boolean;
  readonly say: (line: string) => void;
}

/** Plays rounds one after the other on servers of its own; those of a round with a problem are stopped, others started. */
async function work(job: Work): Promise<void> {
  while (job.queue.length > 0) {
    const servers = await startServers();
    const town = await buildTown();
    try {
      let isWell = true;
      for (let plan = job.queue.shift(); plan !== undefined; plan = isWell ? job.queue.shift() : undefined) {
        const from = performance.now();
        const result = await play(plan, { town, servers });
        job.results.push(result);
        isWell = result.problems === 0;
        tell(result, { ...job, seconds: (performance.now() - from) / 1_000 });
        if (!isWell && job.bail) job.queue.splice(0);
      }
    } finally {
      await Promise.all([town.close(), servers.redis.stop(), servers.postgres.stop()]);
    }
  }
}

const play = (plan: RoundPlan, scene: Parameters<typeof playRound>[1]): Promise<RoundResult> =>
  playRound(plan, scene).catch((error: unknown) => unplayed(plan, error));

function tell(result: RoundResult, { seed, seconds, say }: Work & { readonly seconds: number }): void {
  const { plan, intents, transactions, kills, faults, problems, findings, folders } = result;
  const what = `${intents} intents, ${transactions} transactions, ${sum(kills)} kills, ${sum(faults)} faults`;
  const verdict = problems === 0 ? 'well' : `${problems} PROBLEMS`;
  say(`round ${plan.round}, ${plan.setup.name}, ${plan.theme}: ${verdict} (${what}; ${seconds.toFixed(0)} s)`);
  for (const [kind, lines] of Object.entries(findings)) {
    for (const line of lines as readonly string[]) say(`    ${kind}: ${line}`);
  }
  if (problems === 0) return;
  const files = folders.length === 0 ? '' : `     its files: ${folders.join(' ')}`;
  say(`    again: npm run chaos -- --seed ${seed} --round ${plan.round}${files}`);
}

async function startServers(): Promise<Servers> {
  const redis = await startRedis();
  const postgres = await startPostgres();
  if ('missing' in redis || 'missing' in postgres) {
    if (!('missing' in redis)) await redis.stop();
    if (!('missing' in postgres)) await postgres.stop();
    const reasons = [redis, postgres].flatMap((one) => ('missing' in one ? [one.missing] : []));
    throw new Error(`a chaos run needs servers that it can kill, but ${reasons.join(' and ')}`);
  }
  return { redis, postgres };
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

interface Wanted {
  readonly seed: number;
  readonly rounds: number;
  readonly theme: Theme | undefined;
  readonly at: ReturnType<typeof pointNamed>;
}

/** So many rounds; of one theme, those of its set-ups alone. */
function plansOf({ seed, rounds, theme, at }: Wanted): readonly RoundPlan[] {
  const plans: RoundPlan[] = [];
  for (let round = 0; plans.length < rounds; round += 1) {
    const plan = planRound(seed, round, { at });
    if (theme === undefined || plan.theme === theme) plans.push(plan);
  }
  return plans;
}

function themeNamed(text: string | undefined): Theme | undefined {
  const found = themes.find((theme) => theme === text);
  if (text !== undefined && found === undefined) {
    throw new Error(`expected --theme to be one of ${themes.join(', ')}, was "${text}"`);
  }
  return found;
}

function pointNamed(text: string | undefined): (typeof killPoints)[number] | undefined {
  const found = killPoints.find((point) => nameOf(point) === text);
  if (text !== undefined && found === undefined) {
    throw new Error(`expected --at to be one of ${killPoints.map(nameOf).join(', ')}, was "${text}"`);
  }
  return found;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0 || text.trim() === '') {
    throw new Error(`expected ${name} to be a whole number, was "${text}"`);
  }
  return number;
}

await main();
