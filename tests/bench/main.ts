import os from 'node:os';
import Table from 'cli-table3';
import { backtestBench } from './backtest.ts';
import type { Bench, BenchResult } from './bench-result.ts';
import { pipelineBench } from './pipeline.ts';
import { pollBench } from './poll.ts';
import { recordingsBench } from './recordings.ts';
import { signerBench } from './signer.ts';
import { turnBench } from './turn.ts';

const benches: Readonly<Record<string, Bench>> = {
  poll: pollBench,
  turn: turnBench,
  signer: signerBench,
  pipeline: pipelineBench,
  recordings: recordingsBench,
  backtest: backtestBench,
};

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`expected benchmarks out of ${Object.keys(benches).join(', ')}, was ${unknown.join(', ')}`);
  process.exit(2);
}

const begun = performance.now();
const progress = (line: string): void => {
  console.error(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}`);
};

const [cpu] = os.cpus();
console.log(`${cpu?.model ?? 'unknown processor'}, ${os.cpus().length} cores, Node ${process.version}`);
for (const [name, run] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const result of [await run(progress)].flat()) print(result);
}

function print({ name: title, rows, limits = [] }: BenchResult): void {
  const head = Object.keys(rows[0] ?? {});
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push(head.map((column) => String(row[column] ?? '')));
  console.log(`\n${title}\n${table.toString()}`);
  for (const limit of limits) console.log(limit);
}
