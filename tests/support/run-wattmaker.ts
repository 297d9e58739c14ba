import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli/wattmaker.mjs', import.meta.url));

export interface Finished {
  /** Null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of standard output, parsed; null where it is no JSON. */
  readonly json: Record<string, unknown> | null;
}

/** A `wattmaker` process as a user would start it. */
export interface Wattmaker {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** All of standard output so far. */
  stdout(): string;
  stderr(): string;
  readonly finished: Promise<Finished>;
}

/** Starts `wattmaker` with nothing in its environment but PATH, HOME and what is given. */
export function startWattmaker(
  args: readonly string[],
  { env = {}, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Wattmaker {
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr, json: lastJson(stdout) }));
  });
  return { process: child, stdout: () => stdout, stderr: () => stderr, finished };
}

/** Runs `wattmaker` to its end. */
export const runWattmaker = (...parameters: Parameters<typeof startWattmaker>): Promise<Finished> =>
  startWattmaker(...parameters).finished;

function lastJson(stdout: string): Record<string, unknown> | null {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return null;
  }
}
