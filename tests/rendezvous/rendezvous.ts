import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const program = fileURLToPath(new URL('node_modules/@stacks/rendezvous/dist/app.js', import.meta.url));

/** `invariant`: random calls, then an invariant, over and over. `test`: one function that checks itself a run. */
export type FuzzType = 'invariant' | 'test';

/** One process of the fuzzer on one fresh chain. The same three give the same calls. */
export interface Session {
  readonly type: FuzzType;
  readonly seed: number;
  readonly runs: number;
}

/** What a session came to. */
export interface SessionReport {
  /** The invariant or test that did not hold, with its answer; null where everything held for all runs. */
  readonly broken: string | null;
  /** Calls that ended in a runtime error instead of an answer. */
  readonly aborted: readonly string[];
  /** How often each public function answered ok, each test or invariant held. */
  readonly counts: ReadonlyMap<string, number>;
  /** Each call, a line. */
  readonly history: readonly string[];
}

/**
 * Runs one session in a project folder, where it leaves its output as `output.txt`.
 *
 * @throws Error where Rendezvous neither finished its runs nor named what it broke: it could not begin.
 */
export async function runSession(folder: string, session: Session): Promise<SessionReport> {
  const { type, seed, runs } = session;
  // From a failure on it would look for a smaller one, but on a chain that the failure has already changed.
  const args = [program, '.', 'energy-grid', type, `--seed=${seed}`, `--runs=${runs}`, '--bail'];
  const { code, output } = await run(folder, args);
  await writeFile(join(folder, 'output.txt'), output);
  const lines = output.split('\n');
  const finished = /^OK, (?:invariants|properties) passed after (\d+) runs\.$/m.exec(output);
  const broken = /^Error: Property failed after \d+ tests\.$/m.test(output) ? lastFailure(lines) : null;
  if (broken === null && (code !== 0 || Number(finished?.[1]) !== runs)) {
    throw new Error(
      `Rendezvous did not finish ${runs} runs of ${type} (it ended with ${code}): ${output.slice(-2_000)}`,
    );
  }
  return {
    broken,
    aborted: lines.filter((line) => /\((?:runtime|unknown)\)$/.test(line)),
    counts: countsOf(lines),
    history: lines.filter((line) => line.startsWith('₿')),
  };
}

/** Name, arguments and answer of what did not hold. */
function lastFailure(lines: readonly string[]): string {
  const [, failure] = /\[FAIL\] energy-grid (.*)$/.exec(lines.findLast((line) => line.includes('[FAIL]')) ?? '') ?? [];
  return failure?.replace(/ +/g, ' ') ?? 'something that Rendezvous does not name';
}

/** The trees of its statistics, as far as they are good news. */
function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  let section = '';
  for (const line of lines) {
    section = /^[├└]─ [-+!] ([A-Z]+)$/.exec(line)?.[1] ?? section;
    const [, name, count] = /^[│ ] +[├└]─ ([a-z0-9-]+): x(\d+)$/.exec(line) ?? [];
    if (name !== undefined && (section === 'SUCCESSFUL' || section === 'PASSED')) counts.set(name, Number(count));
  }
  return counts;
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number | NodeJS.Signals | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject).on('close', (code, signal) => {
      resolve({ code: code ?? signal, output: stripVTControlCharacters(output) });
    });
  });
}
