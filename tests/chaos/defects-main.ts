import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { copyProject, removeCopy } from '../support/project-copy.ts';
import { type Defect, defects } from './defects.ts';
import { withDefect } from './inject-defect.ts';
import type { ChaosReport } from './summary.ts';

/**
 * Puts one defect after the other into a copy of the project and shows whether chaos runs notice. Exit code 1 where one
 * goes unnoticed or cannot be made.
 *
 *     npm run chaos:defects -- [--seed 7] [--rounds 8] [--jobs 2] [--only <part of its description>]
 */
const root = fileURLToPath(new URL('../..', import.meta.url));

type Verdict = { readonly kind: 'noticed' | 'unnoticed' | 'broken'; readonly how: string };

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { seed: text, rounds: text, jobs: text, only: text } });
  const chosen = defects.filter(({ what }) => what.includes(values.only ?? ''));
  for (const defect of chosen) await withDefect(root, defect);
  const options = ['--seed', values.seed ?? '7', '--rounds', values.rounds ?? '8', '--jobs', values.jobs ?? '2'];
  let noticed = 0;
  for (const defect of chosen) {
    const { kind, how } = await tryOut(defect, options);
    if (kind === 'noticed') noticed += 1;
    console.log(`${kind.padEnd(9)} ${defect.what} (${defect.theme}): ${how}`);
  }
  console.log(`${chosen.length} defects: ${noticed} noticed`);
  if (chosen.length === 0 || noticed < chosen.length) process.exitCode = 1;
}

async function tryOut(defect: Defect, options: readonly string[]): Promise<Verdict> {
  const folder = await copyProject(root);
  try {
    for (const [file, content] of await withDefect(root, defect)) await writeFile(join(folder, file), content);
    const at = defect.at === undefined ? [] : ['--at', defect.at];
    const args = ['tsx', 'tests/chaos/main.ts', ...options, '--theme', defect.theme, ...at, '--bail', '--json'];
    const { code, stdout, stderr } = await run(args, folder);
    const report = parsed(stdout);
    if (report === null) return { kind: 'broken', how: stderr.slice(-400) };
    if (code === 0) return { kind: 'unnoticed', how: `${report.rounds} rounds went well` };
    const said = /^ {4}(?!again)(\w+: .*)$/m.exec(stderr)?.[1] ?? '';
    return { kind: 'noticed', how: `round ${report.rounds} of ${report.seconds} s: ${said.slice(0, 140)}` };
  } finally {
    await removeCopy(folder);
  }
}

const run = (
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    execFile('npx', args, { cwd, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr });
    });
  });

function parsed(text: string): ChaosReport | null {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as ChaosReport;
  } catch {
    return null;
  }
}

await main();
