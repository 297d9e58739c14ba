import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';

interface Program {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly output: { stdout: string; stderr: string };
  readonly exited: Promise<number | null>;
}

let folder: string;
let programs: Program[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattmaker-devnet-'));
  programs = [];
});
afterEach(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map(({ exited }) => exited));
  await rm(folder, { recursive: true });
});

function run(program: string, ...parameters: string[]): Program {
  const path = fileURLToPath(new URL(`./support/${program}`, import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path, ...parameters], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  programs.push({ child, output, exited });
  return { child, output, exited };
}

const firstLine = ({ output }: Program): Promise<string> =>
  eventually(
    () => {
      expect(output.stdout).toContain('\n');
      return output.stdout.trim();
    },
    { timeoutMs: 60_000 },
  );

describe('wattmaker devnet', { timeout: 180_000 }, () => {
  it('runs from any folder, says where, keeps the token private, and stops at Ctrl-C', async () => {
    const { address } = testAccount(0);
    const data = join(folder, 'chain');
    const program = run('command-main.ts', 'devnet', '--port', '0', '--data', data, '--fund', `${address}=5`, '--json');
    const { url, adminTokenFile } = JSON.parse(await firstLine(program)) as { url: string; adminTokenFile: string };
    expect((await stat(adminTokenFile)).mode & 0o777).toBe(0o600);
    const account = await (await fetch(`${url}/v2/accounts/${address}`)).json();
    expect(account).toMatchObject({ balance: `0x${'5'.padStart(32, '0')}` });
    const token = (await readFile(adminTokenFile, 'utf8')).trim();
    const mined = await fetch(`${url}/admin/mine`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect(mined.status).toBe(200);
    program.child.kill('SIGINT');
    expect(await program.exited).toBe(0);
    expect(program.output).toEqual({ stdout: expect.stringMatching(/^\{.*\}\n$/), stderr: '' });
    await expect(stat(adminTokenFile)).rejects.toThrow(/ENOENT/);
  });

  it('says in one line that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('expected a port');
    const program = run('command-main.ts', 'devnet', '--port', String(address.port));
    expect(await program.exited).toBe(1);
    expect(program.output.stderr).toMatch(/^error: expected port \d+ on 127.0.0.1 to be free, it is taken\n/);
    expect(program.output.stdout).toBe('');
    other.close();
  });

  it('refuses arguments that make no sense', async () => {
    const program = run('command-main.ts', 'devnet', '--fund', 'ST1=5');
    expect(await program.exited).toBe(2);
    expect(program.output.stderr).toMatch(/^error: expected a testnet address such as ST…, was "ST1"\n$/);
  });
});

describe('wattmaker devnet --faults', { timeout: 180_000 }, () => {
  it('prints the schedule and every fault among its lines', async () => {
    const schedule = 'seed=7,requests=1,kinds=server-error+rate-limit,on=GET /v2/**';
    const program = run('command-main.ts', 'devnet', '--port', '0', '--faults', schedule);
    await firstLine(program);
    await eventually(() => expect(program.output.stdout).toContain('embedded chain at'));
    const [, url = ''] = /embedded chain at (\S+),/.exec(program.output.stdout) ?? [];
    const { status } = await fetch(`${url}/v2/info`);
    expect([429, 500, 502, 503, 504]).toContain(status);
    expect((await fetch(`${url}/extended/v2/blocks`)).status).toBe(200);
    program.child.kill('SIGINT');
    expect(await program.exited).toBe(0);
    expect(program.output.stdout).toMatch(/^fault 0: schedule \(admin\), \{"seed":7,"requests":1,.*\}\n/);
    expect(program.output.stdout).toMatch(
      /\nfault 1: (server-error|rate-limit) \(schedule\), GET \/v2\/info, request 1: .*\n$/,
    );
  });

  it('refuses what is no schedule', async () => {
    const wrong = run('command-main.ts', 'devnet', '--port', '0', '--faults', 'seed=7,posts=2');
    expect(await wrong.exited).toBe(2);
    expect(wrong.output.stderr).toMatch(/^error: faults: posts: .*, was 2\n/);
    const broken = run('command-main.ts', 'devnet', '--port', '0', '--faults', 'seed');
    expect(await broken.exited).not.toBe(0);
    expect(broken.output.stderr).toContain('Expected KEY=VALUE,…, for example seed=7,posts=0.1, was "seed".');
  });
});

describe('a spawned chain', { timeout: 180_000 }, () => {
  it('ends when its parent is killed', async () => {
    const parent = run('parent-main.ts');
    const url = await firstLine(parent);
    expect((await fetch(`${url}/v2/info`)).status).toBe(200);
    parent.child.kill('SIGKILL');
    await parent.exited;
    await eventually(() => expect(fetch(`${url}/v2/info`)).rejects.toThrow(), { timeoutMs: 30_000 });
  });
});
