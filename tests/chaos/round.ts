import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { TxId } from '../../src/core/index.ts';
import { principal } from '../../src/core/index.ts';
import { eventually } from '../support/eventually.ts';
import { filesUnder, findLeaks, keysOfRedis, type Places, rowsOf } from '../support/leaked-secrets.ts';
import type { OwnServer } from '../support/services.ts';
import { signGridCall } from '../support/sign-grid-call.ts';
import { SupervisedBot } from './bots.ts';
import { collectEvidence, readJournal } from './evidence.ts';
import { countOf, type Findings, judge } from './judge.ts';
import { type Blow, type RoundPlan, TROUBLE_MS } from './plan.ts';
import { type JournalLine, nameOf } from './steps.ts';
import {
  contractId,
  doNothing,
  FINAL_DEPTH,
  operators,
  secrets,
  type Town,
  VALIDITY_BLOCKS,
  type World,
} from './town.ts';

export interface Servers {
  readonly redis: OwnServer;
  readonly postgres: OwnServer;
}

export interface RoundResult {
  readonly plan: RoundPlan;
  readonly findings: Findings;
  readonly problems: number;
  /** Deaths by where they happened: a named step, or at a random time. */
  readonly kills: Readonly<Record<string, number>>;
  /** What befell the bot's world, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly intents: number;
  readonly transactions: number;
  readonly entries: number;
  /** Milliseconds from each kill to the next nonce that was claimed for new work; `trouble`: other things went wrong too. */
  readonly recoveries: readonly { readonly afterKillMs: number; readonly trouble: boolean }[];
  /** Where its files and those of its chain were left; none once it went well. */
  readonly folders: readonly string[];
}

/** How long the bot may take to trade again once nothing is wrong any more, and to trade at all on a busy machine. */
const LIVENESS_MS = 60_000;
const FIRST_TRADE_MS = 180_000;
/** Nonces claimed for new work that show that it does. */
const TRADES_AFTER = 3;

/** Plays one round in a world of its own, waits until all is at rest, and compares. */
export async function playRound(
  plan: RoundPlan,
  { town, servers }: { readonly town: Town; readonly servers: Servers },
): Promise<RoundResult> {
  await wipe(servers);
  const world = await town.open();
  const journal = join(world.searched, 'journal.jsonl');
  const calm = join(world.folder, 'calm');
  const env = {
    ...(plan.setup.redis ? { REDIS_URL: servers.redis.url } : {}),
    ...(plan.setup.postgres ? { DATABASE_URL: servers.postgres.url } : {}),
  };
  const common = { world, journal, calm, env };
  const first = await SupervisedBot.start({ ...common, index: 0, deaths: plan.deaths });
  const bots = [first, ...(plan.rival ? [await SupervisedBot.start({ ...common, index: 1, deaths: [] })] : [])];
  const counts = new Map<string, number>();
  const count = (kind: string, by = 1): void => void counts.set(kind, (counts.get(kind) ?? 0) + by);
  const foreign = new Set<TxId>();
  const unfinished: string[] = [];
  const claims = async (after = 0): Promise<readonly JournalLine[]> =>
    (await readJournal(journal)).filter(({ step, died, at }) => step === 'claim' && died === undefined && at > after);
  try {
    const begins = eventually(async () => expectSome(await claims()), { timeoutMs: FIRST_TRADE_MS, intervalMs: 50 });
    const failure = await begins.then(
      () => null,
      (error: Error) => error.message,
    );
    if (failure !== null) unfinished.push(failure);
    else {
      if (plan.schedule !== null) await world.devnet.faults.schedule(plan.schedule);
      await trouble(plan, { world, bots, servers, count, foreign, claims });
    }

    await writeFile(calm, '');
    for (const bot of bots) {
      bot.spare();
      bot.signal('SIGCONT');
    }
    const drawn = await world.faultCounts();
    for (const [kind, happened] of Object.entries(drawn)) if (happened > 0) count(kind, happened);
    await world.devnet.faults.clear();
    await rest(bots, { world, foreign, claims }).catch((error: Error) => void unfinished.push(error.message));

    const ends = await Promise.all(bots.map((bot) => bot.stop(15_000)));
    ends.forEach((trouble, index) => {
      if (trouble !== null) unfinished.push(`bot ${index} did not drain in good order: it ${trouble}`);
    });
    // A server that does not answer, or answers 429, to one that starts ends it, as documented.
    const serversAway =
      plan.schedule !== null ||
      ['redis-kill', 'postgres-restart', 'chain-kill', 'asked: rate-limit'].some((kind) => counts.has(kind));
    if (!serversAway) {
      for (const { code, last } of bots.flatMap(({ ownEnds }) => ownEnds)) {
        unfinished.push(`a bot ended by itself with code ${code}: ${last.trim().split('\n').slice(-3).join(' | ')}`);
      }
    }
    const evidence = await collectEvidence({
      url: world.devnet.url,
      redisUrl: plan.setup.redis ? servers.redis.url : null,
      databaseUrl: plan.setup.postgres ? servers.postgres.url : null,
      data: first.data,
      journal,
      foreign: new Set([...world.past, ...foreign]),
      past: new Set(world.past),
    });
    const judged = judge(evidence);
    const findings: Findings = {
      ...judged,
      unfinished: [...judged.unfinished, ...unfinished],
      leaks: await leaks(plan, { world, servers }),
    };
    const problems = countOf(findings);
    const lines = await readJournal(journal);
    await world.close({ keep: problems > 0 });
    return {
      plan,
      findings,
      problems,
      kills: killsOf(bots, lines),
      faults: Object.fromEntries(counts),
      intents: evidence.intents.length,
      transactions: evidence.mined.length,
      entries: evidence.mined.reduce((sum, { done }) => sum + done.filter(Boolean).length, 0),
      recoveries: recoveriesOf(bots, lines, plan),
      folders: problems > 0 ? [world.folder, world.chainFolder] : [],
    };
  } catch (error) {
    await Promise.all(bots.map((bot) => bot.stop(0)));
    await world.close({ keep: true });
    throw new Error(`its files are in ${world.folder} and ${world.chainFolder}`, { cause: error });
  }
}

/** What a round comes to that could not be played to its end: a finding. */
export function unplayed(plan: RoundPlan, error: unknown): RoundResult {
  const unfinished = [`it could not be played to its end: ${inspect(error)}`];
  return {
    plan,
    findings: { lost: [], twice: [], unexplained: [], nonces: [], unfinished, leaks: [] },
    problems: 1,
    kills: {},
    faults: {},
    intents: 0,
    transactions: 0,
    entries: 0,
    recoveries: [],
    folders: [],
  };
}

/** Nothing of the round before is left on the servers. */
async function wipe({ redis, postgres }: Servers): Promise<void> {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  const sql = new pg.Client({ connectionString: postgres.url });
  await sql.connect();
  await sql.query('drop schema if exists wattmaker cascade');
  await sql.end();
}

const expectSome = (items: readonly unknown[]): void => {
  if (items.length === 0) throw new Error('expected a bot to trade, none has');
};

interface Scene {
  readonly world: World;
  readonly bots: readonly SupervisedBot[];
  readonly servers: Servers;
  readonly count: (kind: string, by?: number) => void;
  readonly foreign: Set<TxId>;
  readonly claims: (after?: number) => Promise<readonly JournalLine[]>;
}

/** Deaths by time and blows as planned, for TROUBLE_MS at least; what a step kills dies by itself. */
async function trouble(plan: RoundPlan, scene: Scene): Promise<void> {
  const over = Date.now() + TROUBLE_MS;
  const blows = async (): Promise<void> => {
    const from = Date.now();
    for (const blow of plan.blows) {
      await delay(Math.max(0, from + blow.afterMs - Date.now()));
      await strike(blow, scene);
      scene.count(blow.kind === 'fault' ? `asked: ${blow.fault.kind}` : blow.kind);
    }
  };
  const deaths = async (): Promise<void> => {
    const [bot] = scene.bots as [SupervisedBot, ...SupervisedBot[]];
    let lived = 0;
    const latest = over + LIVENESS_MS;
    while (bot.death !== null && Date.now() < (bot.death.kind === 'time' ? latest : over)) {
      const { death } = bot;
      if (death.kind === 'time' && bot.pid !== lived) {
        const pid = bot.pid ?? 0;
        // A life begins with its first trade: one that is killed before has nothing to lose.
        if ((await scene.claims()).some((line) => line.pid === pid)) {
          lived = pid;
          await delay(death.afterMs);
          if (bot.pid === pid) bot.kill();
        }
      }
      await delay(50);
    }
  };
  await Promise.all([blows(), deaths()]);
  await delay(Math.max(0, over - Date.now()));
}

async function strike(blow: Blow, { world, bots, servers, foreign, claims }: Scene): Promise<void> {
  switch (blow.kind) {
    case 'redis-kill':
      return servers.redis.crash();
    case 'redis-flush': {
      const client = new Redis(servers.redis.url);
      await client.flushall();
      client.disconnect();
      return;
    }
    case 'postgres-restart':
      return servers.postgres.crash();
    case 'chain-kill':
      return world.crashDevnet();
    case 'suspend': {
      const { pid } = (await claims()).at(-1) ?? { pid: 0 };
      const trading = bots.find((bot) => bot.pid === pid);
      trading?.signal('SIGSTOP');
      await delay(blow.forMs);
      trading?.signal('SIGCONT');
      return;
    }
    case 'foreign':
      return useKey(blow.lane, { world, foreign });
    case 'fault':
      await world.devnet.faults.add(blow.fault);
      return;
    case 'reorg':
      await world.devnet.faults.reorg(blow.reorg);
      return;
    case 'forget':
      await world.devnet.faults.forget(blow.forget);
      return;
  }
}

/** Posts a call that does nothing at the next nonce of an operator, at ten times what the bot would pay. */
async function useKey(lane: number, { world, foreign }: Pick<Scene, 'world' | 'foreign'>): Promise<void> {
  const operator = operators[lane] ?? operators[0];
  const account = await fetch(`${world.devnet.url}/v2/accounts/${operator.address}?proof=0`);
  const { nonce } = (await account.json()) as { readonly nonce: number };
  const { hex, txId } = await signGridCall(operator, doNothing, { contractId, nonce, fee: 60_000 + nonce });
  const posted = await world.devnet.post(hex);
  // One that comes after the nonce was used is refused.
  if (posted.ok) foreign.add(txId);
}

interface StatusAnswer {
  readonly standby: boolean;
  readonly height: number | null;
  readonly lanes: readonly {
    readonly unconfirmed: number;
    readonly halt: { readonly cause: string } | null;
    readonly operator: string;
  }[];
}

/**
 * Waits until a bot trades in the world that is well again, tells it to decide nothing more, and waits until all that it
 * has decided has come to its end. Lanes that a stranger's use has halted are resumed, as a person would.
 */
async function rest(
  bots: readonly SupervisedBot[],
  { world, foreign, claims }: Pick<Scene, 'world' | 'foreign' | 'claims'>,
): Promise<void> {
  const calmFrom = Date.now();
  const patient = { timeoutMs: LIVENESS_MS, intervalMs: 200 };
  const holder = async (): Promise<{
    control: NonNullable<Awaited<ReturnType<SupervisedBot['control']>>>;
    status: StatusAnswer;
  }> => {
    for (const bot of bots) {
      const control = await bot.control();
      const status = (await control?.get('/status').catch(() => null)) as StatusAnswer | null | undefined;
      if (control && status && !status.standby) return { control, status };
    }
    throw new Error('expected a bot to hold the lanes, none does');
  };
  const heightNow = async (): Promise<number> => {
    const response = await fetch(`${world.devnet.url}/v2/info`);
    return ((await response.json()) as { readonly stacks_tip_height: number }).stacks_tip_height;
  };
  await eventually(async () => {
    const { control, status } = await holder();
    for (const { operator, halt } of status.lanes) {
      if (halt?.cause === 'foreign' && foreign.size > 0) await control.post(`/lanes/${principal(operator)}/resume`);
    }
    const traded = (await claims(calmFrom)).length;
    if (traded < TRADES_AFTER) throw new Error(`expected ${TRADES_AFTER} trades after the trouble, were ${traded}`);
  }, patient);
  await eventually(async () => (await holder()).control.post('/halt'), patient);
  const haltedAt = await heightNow();
  await eventually(async () => {
    const { control, status } = await holder();
    for (const { operator, halt } of status.lanes) {
      if (halt?.cause === 'foreign' && foreign.size > 0) await control.post(`/lanes/${principal(operator)}/resume`);
    }
    const left = status.lanes.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0);
    if (left > 0) throw new Error(`expected all transactions to come to an end, ${left} have not`);
    if ((status.height ?? 0) < haltedAt + VALIDITY_BLOCKS + FINAL_DEPTH + 2) throw new Error('expected more blocks');
  }, patient);
}

async function leaks(
  plan: RoundPlan,
  { world, servers }: { readonly world: World; readonly servers: Servers },
): Promise<readonly string[]> {
  const places: Places[] = [filesUnder(world.searched, world.chainFolder)];
  if (plan.setup.redis && (await sizeOf(servers.redis.url)) > 0) places.push(keysOfRedis(servers.redis.url));
  const sql = new pg.Client({ connectionString: servers.postgres.url });
  await sql.connect();
  try {
    if (plan.setup.postgres) places.push(rowsOf(sql));
    const report = await findLeaks(secrets, ...places);
    return report.leaks.map(({ secret, form, place }) => `${secret} (${form}) in ${place}`);
  } finally {
    await sql.end();
  }
}

/** Keys of a Redis; none right after a flush. */
async function sizeOf(url: string): Promise<number> {
  const client = new Redis(url);
  const keys = await client.dbsize();
  client.disconnect();
  return keys;
}

function killsOf(bots: readonly SupervisedBot[], lines: readonly JournalLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const { step, died } of lines) if (died !== undefined) add(nameOf({ step, phase: died }));
  for (const { kills } of bots) for (const { death } of kills) if (death === 'time') add('at a random time');
  return counts;
}

function recoveriesOf(
  bots: readonly SupervisedBot[],
  lines: readonly JournalLine[],
  { theme }: RoundPlan,
): RoundResult['recoveries'] {
  return bots.flatMap(({ kills }) =>
    kills.flatMap(({ at, pid }) => {
      const next = lines.find(
        (line) => line.step === 'claim' && line.died === undefined && line.at > at && line.pid !== pid,
      );
      return next === undefined ? [] : [{ afterKillMs: next.at - at, trouble: theme !== 'kills' }];
    }),
  );
}
