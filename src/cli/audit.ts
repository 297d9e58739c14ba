import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { AuditFinding } from '../../backtest/audit/audit-strategy.ts';
import { ConfigError, StrategyError } from '../core/index.ts';
import { parseCount, parseMicroStx, parseWh } from './amounts.ts';
import { type AuditResult, runAudit } from './audit/run-audit.ts';
import { type ParameterChoice, parseChoice } from './backtest/parameter-grid.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { jsonOption } from './wallet-options.ts';

interface AuditOptions {
  readonly strategy: string;
  readonly set?: readonly ParameterChoice[];
  readonly funds: bigint;
  readonly energy: bigint;
  readonly target: bigint;
  readonly events: number;
  readonly points: number;
  readonly seed: number;
  readonly json?: true;
}

/** As `wattmaker backtest` by default. */
const PLAYED = { latency: 1, feeRate: 1.2, blockSeconds: 10 } as const;

/** `wattmaker audit`: whether anything but what a turn gave it moves what a strategy decides. */
export function auditCommand(io: CommandIo = processIo()): Command {
  const count = (flags: string, description: string, standard: number): Option =>
    new Option(flags, description).argParser(parseCount).default(standard);
  return new Command('audit')
    .description('look for look-ahead, hidden state, clock and randomness in a strategy; exit 1 where there is any')
    .argument('<recording>', 'a folder of a recording')
    .requiredOption('--strategy <reference>', 'a built-in name or a path')
    .addOption(
      new Option('--set <name=value>', 'a parameter; once for each').argParser(
        (text, before: readonly ParameterChoice[] = []) => [...before, parseChoice(text)],
      ),
    )
    .addOption(
      new Option('--funds <amount>', 'of its account').argParser(parseMicroStx).default(100_000_000n, '100STX'),
    )
    .addOption(new Option('--energy <amount>', 'of its account').argParser(parseWh).default(20_000n, '20kWh'))
    .addOption(new Option('--target <amount>', 'what it wants to hold').argParser(parseWh).default(10_000n, '10kWh'))
    .addOption(count('--events <number>', 'how many are played, from the first', 20_000))
    .addOption(count('--points <number>', 'heights from which the future is changed', 4))
    .addOption(count('--seed <number>', 'decides those heights and what is put there', 1))
    .addOption(jsonOption())
    .action((folder: string, options: AuditOptions) => audit(io, resolve(folder), options));
}

async function audit(io: CommandIo, recording: string, options: AuditOptions): Promise<void> {
  const report = createReport(io, { json: options.json === true });
  const { strategy, set = [], funds, energy, target, events, points, seed } = options;
  if (seed >= 2 ** 31) throw new ConfigError(`expected a seed below ${2 ** 31}, was "${seed}"`);
  const result = await runAudit(
    { onProgress: (done, of) => report.line(`${done} of ${of} probes done`) },
    {
      recording,
      strategy,
      directory: process.cwd(),
      parameters: Object.fromEntries(set.map(({ name, values: [value = ''] }) => [name, value])),
      options: { ...PLAYED, funds, energy, target, seed },
      events,
      points,
    },
  );
  tell(report, { ...result, strategy, recording, seed });
}

interface Told extends AuditResult {
  readonly strategy: string;
  readonly recording: string;
  readonly seed: number;
}

function tell(report: Report, told: Told): void {
  const { strategy, recording, seed, events, turns, decidedTurns, probes } = told;
  const problems = problemsOf(told);
  report.line(
    `${strategy} on ${recording}: ${events} events, ${turns} turns, ${decidedTurns} with decisions, ${probes} probes, seed ${seed}`,
  );
  for (const problem of problems) report.line(`  ${problem}`);
  if (problems.length === 0) report.line('nothing but what a turn gave it moves what it decides');
  report.result({ honest: problems.length === 0, ...told });
  if (problems.length === 0) return;
  throw new StrategyError(`expected ${strategy} to go by what a turn gives it alone: ${problems[0]}`, { strategy });
}

const sentences: Readonly<Record<AuditFinding['probe'], (through: number | null) => string>> = {
  again: () => 'played once more, with all as it was',
  shifted: () => 'with another clock and other random numbers',
  closed: () => 'in a fresh thread without files, network and processes',
  cut: (through) => `without what comes after height ${through}`,
  shuffled: (through) => `with what comes after height ${through} in another order`,
  perturbed: (through) => `with other prices and amounts after height ${through}`,
};

function problemsOf({ findings, uses, unloadable, benched }: AuditResult): readonly string[] {
  return [
    ...(benched === null
      ? []
      : [
          `it ${benched.reason} in turn ${benched.turn} at height ${benched.height}; what comes after could not be audited`,
        ]),
    ...Object.entries(uses).map(([name, times]) => `it uses ${name} (${times} times)`),
    ...(unloadable === null ? [] : [`without files, network and processes it does not load: ${unloadable}`]),
    ...findings.map(({ probe, through, move }) => {
      const { turn, height, before, after } = move;
      return `${sentences[probe](through)}, turn ${turn} at height ${height} decides ${short(after)} instead of ${short(before)}`;
    }),
  ];
}

const LONGEST = 200;
const short = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);
