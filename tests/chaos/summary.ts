import Table from 'cli-table3';
import { setups } from './plan.ts';
import type { RoundResult } from './round.ts';
import { killPoints, nameOf } from './steps.ts';

export interface ChaosReport {
  readonly seed: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly intents: number;
  readonly transactions: number;
  /** Batch entries that the contract carried out. */
  readonly entries: number;
  readonly lost: number;
  readonly executedTwice: number;
  readonly unexplained: number;
  readonly oddNonces: number;
  readonly unfinished: number;
  readonly leakedKeys: number;
  readonly problems: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** Named steps at which no bot died. */
  readonly unreached: readonly string[];
  /** Milliseconds from a kill to the next claim of a nonce, in rounds in which nothing else went wrong, by set-up. */
  readonly recovery: Readonly<
    Record<string, { readonly kills: number; readonly median: number; readonly longest: number }>
  >;
  readonly failed: readonly { readonly round: number; readonly setup: string; readonly theme: string }[];
}

export function summarise(
  results: readonly RoundResult[],
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): { readonly data: ChaosReport; readonly text: string } {
  const total = (pick: (result: RoundResult) => number): number => results.reduce((sum, one) => sum + pick(one), 0);
  const kills = added(results.map((one) => one.kills));
  const data: ChaosReport = {
    seed,
    rounds: results.length,
    seconds: Math.round(seconds),
    intents: total(({ intents }) => intents),
    transactions: total(({ transactions }) => transactions),
    entries: total(({ entries }) => entries),
    lost: total(({ findings }) => findings.lost.length),
    executedTwice: total(({ findings }) => findings.twice.length),
    unexplained: total(({ findings }) => findings.unexplained.length),
    oddNonces: total(({ findings }) => findings.nonces.length),
    unfinished: total(({ findings }) => findings.unfinished.length),
    leakedKeys: total(({ findings }) => findings.leaks.length),
    problems: total(({ problems }) => problems),
    kills,
    faults: added(results.map((one) => one.faults)),
    unreached: killPoints.map(nameOf).filter((name) => kills[name] === undefined),
    recovery: recoveryOf(results),
    failed: results
      .filter(({ problems }) => problems > 0)
      .map(({ plan: { round, setup, theme } }) => ({ round, setup: setup.name, theme })),
  };
  return { data, text: textOf(data, results) };
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const one of counts) for (const [name, n] of Object.entries(one)) sums.set(name, (sums.get(name) ?? 0) + n);
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function recoveryOf(results: readonly RoundResult[]): ChaosReport['recovery'] {
  const entries = setups.flatMap(({ name }) => {
    const times = results
      .filter(({ plan }) => plan.setup.name === name)
      .flatMap(({ recoveries }) => recoveries)
      .filter(({ trouble }) => !trouble)
      .map(({ afterKillMs }) => afterKillMs)
      .sort((a, b) => a - b);
    const [longest] = times.slice(-1);
    if (longest === undefined) return [];
    return [[name, { kills: times.length, median: times[Math.floor(times.length / 2)] ?? longest, longest }] as const];
  });
  return Object.fromEntries(entries);
}

function textOf(data: ChaosReport, results: readonly RoundResult[]): string {
  const bySetup = new Table({
    style: { head: [], border: [] },
    head: ['set-up', 'rounds', 'kills', 'faults', 'intents', 'transactions', 'problems'],
  });
  for (const { name } of setups) {
    const of = results.filter(({ plan }) => plan.setup.name === name);
    const total = (pick: (one: RoundResult) => number): number => of.reduce((sum, one) => sum + pick(one), 0);
    const all = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
    bySetup.push([
      name,
      of.length,
      total(({ kills }) => all(kills)),
      total(({ faults }) => all(faults)),
      total(({ intents }) => intents),
      total(({ transactions }) => transactions),
      total(({ problems }) => problems),
    ]);
  }
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ') || 'none';
  const recovery = Object.entries(data.recovery).map(
    ([name, { kills, median, longest }]) =>
      `  ${name}: ${kills} kills, median ${(median / 1_000).toFixed(1)} s, longest ${(longest / 1_000).toFixed(1)} s`,
  );
  return [
    bySetup.toString(),
    `kills: ${list(data.kills)}`,
    `steps at which none died: ${data.unreached.join(', ') || 'none'}`,
    `faults: ${list(data.faults)}`,
    ...(recovery.length === 0 ? [] : ['from a kill to the next trade, where nothing else went wrong:', ...recovery]),
    `${data.rounds} rounds in ${data.seconds} s, seed ${data.seed}: ${data.intents} intents, ${data.transactions} transactions, ${data.entries} entries carried out`,
    `${data.lost} lost, ${data.executedTwice} executed twice, ${data.unexplained} unexplained, ${data.oddNonces} odd nonces, ${data.unfinished} unfinished, ${data.leakedKeys} leaked keys`,
    ...data.failed.map(
      ({ round, setup, theme }) =>
        `again: npm run chaos -- --seed ${data.seed} --round ${round}     (${setup}, ${theme})`,
    ),
  ].join('\n');
}
