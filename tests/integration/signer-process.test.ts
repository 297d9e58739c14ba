import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { microStx, TransientError } from '../../src/core/index.ts';
import type { SignRequest } from '../../src/execution/index.ts';
import {
  addressOf,
  buildCall,
  type KeySource,
  keyFromText,
  openKeystore,
  type SignerProcess,
  type SignerProcessOptions,
  startSignerProcess,
} from '../../src/signer/index.ts';
import { packFailure } from '../../src/signer/process/failure.ts';
import { signerPolicy as policy, signerSecrets } from '../conformance/signer-port.ts';
import { eventually } from '../support/eventually.ts';

const [secret] = signerSecrets;
const password = 'correct horse battery';
const key = keyFromText({ name: 'bot', text: secret });
const request: SignRequest = {
  signer: addressOf(key.publicKey, 'testnet'),
  call: { kind: 'cancelTradeFor', validUntil: 90n, entries: [] },
  nonce: 3,
  fee: microStx(400),
};
const entry = fileURLToPath(new URL('../../src/signer/process/main.ts', import.meta.url));
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The inodes of the TCP sockets on which a process waits for connections. */
async function listeningSockets(pid: number): Promise<string[]> {
  const LISTEN = '0A';
  const table = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).trim().split('\n').slice(1);
  const rows = table.map((line) => line.trim().split(/\s+/)).filter(([, , , state]) => state === LISTEN);
  const waiting = new Set(rows.map((row) => `socket:[${row[9]}]`));
  const files = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  return links.filter((link) => waiting.has(link));
}

let folder: string;
let stored: KeySource & { kind: 'stored' };
let started: SignerProcess[] = [];
beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'signer-process-'));
  folder = join(home, 'keys');
  await openKeystore(folder, { n: 2 ** 10, r: 8, p: 1 }).add(key, password);
  stored = { kind: 'stored', folder, name: 'bot', password };
});
afterEach(async () => {
  await Promise.all(started.map((signer) => signer.close()));
  started = [];
});
afterAll(() => rm(join(folder, '..'), { recursive: true, force: true }));

async function start(options: Partial<SignerProcessOptions> = {}): Promise<SignerProcess> {
  const signer = await startSignerProcess({ ...policy, keys: [stored], ...options });
  started.push(signer);
  return signer;
}

describe('the signer in a process of its own', () => {
  test('behavior: has neither an environment nor a secret among its arguments', async () => {
    const { pid } = await start();
    const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter((line) => line !== '');
    expect(environment.map((line) => line.split('=')[0]).sort()).toEqual([
      'NODE_CHANNEL_FD',
      'NODE_CHANNEL_SERIALIZATION_MODE',
    ]);
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    expect(line).toContain('signer/process/main.ts');
    for (const each of [secret, password, folder]) expect(line).not.toContain(each);
  });

  test('behavior: refuses a wrong password with one line, and is gone', async () => {
    const failure = await start({ keys: [{ ...stored, password: 'wrong horse' }] }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('password of key "bot"') });
    expect((failure as Error).message).not.toContain('\n');
    expect(inspect(failure)).not.toContain('wrong horse');
  });

  test('behavior: refuses a key file that others can read, with the chmod that mends it', async () => {
    const file = join(folder, 'bot.json');
    await chmod(file, 0o640);
    try {
      await expect(start()).rejects.toMatchObject({ name: 'ConfigError', hints: [`chmod 600 '${file}'`] });
    } finally {
      await chmod(file, 0o600);
    }
  });

  test('behavior: a request that comes while it is stopped is unanswered in time, and may be asked again', async () => {
    const signer = await start({ deadlineMs: 300 });
    const expected = await signer.sign(request);
    process.kill(signer.pid, 'SIGSTOP');
    await expect(signer.sign(request)).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('no answer within 300 ms'),
    });
    process.kill(signer.pid, 'SIGCONT');
    await eventually(async () => expect(await signer.sign(request)).toEqual(expected));
  });

  test('behavior: when it is killed, requests are unanswered and its owner is told', async () => {
    const signer = await start();
    process.kill(signer.pid, 'SIGSTOP');
    const pending = signer.sign(request);
    process.kill(signer.pid, 'SIGKILL');
    await expect(pending).rejects.toBeInstanceOf(TransientError);
    await expect(signer.failure).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining('SIGKILL'),
    });
    await expect(signer.sign(request)).rejects.toBeInstanceOf(TransientError);
  });

  test('behavior: signals that end a bot leave it to sign what the drain needs', async () => {
    const signer = await start();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) process.kill(signer.pid, signal);
    for (let nonce = 0; nonce < 50; nonce += 1) await signer.sign({ ...request, nonce });
    // Node answers SIGUSR1 with its debugger, which listens, unless it is told not to.
    expect(await listeningSockets(signer.pid)).toEqual([]);
  });

  test('behavior: one that was suspended ends too when it is closed', async () => {
    const signer = await start();
    process.kill(signer.pid, 'SIGSTOP');
    await signer.close();
    expect(isAlive(signer.pid)).toBe(false);
  });

  test('behavior: ends when it is closed', async () => {
    const signer = await startSignerProcess({ ...policy, keys: [stored] });
    await signer.close();
    expect(isAlive(signer.pid)).toBe(false);
    await expect(signer.sign(request)).rejects.toBeInstanceOf(TransientError);
  });

  test('behavior: ends with its bot, however that ends', async () => {
    const script = `
      import { startSignerProcess } from ${JSON.stringify(new URL('../../src/signer/index.ts', import.meta.url).href)};
      const options = ${JSON.stringify({ ...policy, keys: [stored] })};
      startSignerProcess(options).then(({ pid }) => console.log(pid));`;
    const tsx = import.meta.resolve('tsx');
    const bot = spawn(process.execPath, ['--import', tsx, '--input-type=module', '--eval', script]);
    const pid = Number(String((await once(bot.stdout, 'data'))[0]));
    expect(isAlive(pid)).toBe(true);
    bot.kill('SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });
});

describe('whoever speaks to the signer past its adapter', () => {
  let child: ChildProcess;
  const say = async (message: object): Promise<unknown> => {
    child.send(message);
    return (await once(child, 'message'))[0];
  };
  const opening = { kind: 'open', keys: [{ kind: 'text', name: 'bot', text: secret }], policy };
  let printed: string;

  const open = (): void => {
    const execArgv = ['--import', import.meta.resolve('tsx')];
    child = fork(entry, [], { execArgv, env: {}, silent: true });
    printed = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk));
  };
  afterEach(() => void child.kill('SIGKILL'));

  test('behavior: has nothing signed that the policy of the first message forbids', async () => {
    open();
    expect(await say(opening)).toMatchObject({ kind: 'opened', accounts: [{ address: request.signer }] });
    const transaction = await buildCall({ ...policy, ...request, publicKey: key.publicKey });
    const allowed = transaction.serialize();
    transaction.setFee(policy.feeCap + 1);
    expect(await say({ kind: 'sign', id: 7, unsigned: [transaction.serialize(), allowed] })).toMatchObject({
      kind: 'answered',
      id: 7,
      answers: [{ kind: 'refused', failure: { name: 'RejectedError', code: 'feeCap' } }, { kind: 'signed' }],
    });
  });

  test.each([
    ['another policy later', { ...opening, policy: { ...policy, calls: 'every' } }],
    ['a message of no known kind', { kind: 'reveal', what: secret }],
    ['bytes that are none', { kind: 'sign', id: 1, unsigned: [`not hex ${secret}`] }],
  ])('error: %s ends it, and neither its answer nor its output holds a secret', async (_, message) => {
    open();
    await say(opening);
    const exited = once(child, 'exit');
    const answer = await say(message);
    expect(answer).toMatchObject({ kind: 'failed', failure: { name: 'Defect' } });
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect((await exited)[0]).toBe(1);
    expect(printed).toBe('');
  });
});

describe('a failure on its way to the bot', () => {
  test('behavior: of an error that is not our own only class and places go along', () => {
    const cause = new Error(`a cause with ${secret}`);
    const packed = packFailure(new TypeError(`cannot read ${secret}\n    of ${password}`, { cause }));
    expect(packed).toMatchObject({ name: 'Defect', message: expect.stringContaining('TypeError at ') });
    for (const each of [secret, password]) expect(JSON.stringify(packed)).not.toContain(each);
    expect(packFailure(secret)).toMatchObject({ message: 'a thrown string' });
  });
});
