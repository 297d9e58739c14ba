import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Quickstart, quickstart } from '../support/quickstart.ts';
import type { Finished } from '../support/run-wattmaker.ts';

let world: Quickstart;
let silent: Server;
/** A server that takes connections and never says a word. */
let silentPort: number;

beforeAll(async () => {
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  silentPort = (silent.address() as { port: number }).port;
  world = await quickstart({ blockIntervalMs: 300, inThisProcess: true });
}, 120_000);
afterAll(async () => {
  silent?.close();
  await world?.stop();
});

/** One line that begins with `error:`, nothing but hints and causes besides, and no stack. */
function expectRefusal({ code, stdout, stderr }: Finished, expected: { code: 1 | 2; error: RegExp }): void {
  const lines = stderr.trimEnd().split('\n');
  const errors = lines.filter((line) => line.startsWith('error: '));
  expect(errors, stderr).toHaveLength(1);
  expect(errors[0]).toMatch(expected.error);
  expect(code, stderr).toBe(expected.code);
  expect(lines.filter((line) => !/^(error: | {2}hint: | {2}cause: |\(add --help)/.test(line))).toEqual([]);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
}

type Edit = (text: string) => string;
const withUrl =
  (url: string): Edit =>
  (text) =>
    text.replace(/urls: .*/, `urls: [${url}]`);

describe('wattmaker run refuses, with one clear line,', () => {
  const cases: readonly (readonly [name: string, edit: Edit, expected: { code: 1 | 2; error: RegExp }])[] = [
    [
      'a bad config, naming every fault',
      (text) => `${text.replace('targetWh: 10000', 'targetWh: -1')}colour: red\n`,
      { code: 2, error: /bad-config\.yaml is not valid: accounts\[0\]\.targetWh: .*-1; unknown key "colour"/ },
    ],
    ['a config that is not YAML', (text) => text.replace('network: ', 'network: ['), { code: 2, error: /is not YAML/ }],
    [
      'a key that is missing',
      (text) => text.replace('key: operator', 'key: nobody'),
      { code: 2, error: /expected a key named "nobody", found none in / },
    ],
    [
      'the mainnet on another chain',
      (text) => text.replace('network: embedded', 'network: mainnet'),
      { code: 2, error: /expected an address of mainnet \(SP…\) in the contract id, was "ST/ },
    ],
    [
      'an embedded chain in the place of the testnet',
      (text) => text.replace('network: embedded', 'network: testnet'),
      { code: 2, error: /expected http.* to serve testnet, was an embedded chain/ },
    ],
    [
      'a contract that is not there',
      (text) => text.replace('.energy-grid', '.energy-grit'),
      { code: 2, error: /expected the contract .*\.energy-grit, found none on this chain/ },
    ],
    [
      'a node that cannot be reached',
      withUrl('http://127.0.0.1:2'),
      { code: 1, error: /no server of the chain gave a usable answer: .*ECONNREFUSED/ },
    ],
    [
      'a strategy that does not exist',
      (text) => text.replace('bargain-buyer', 'no-such'),
      { code: 2, error: /expected a strategy, was "no-such"/ },
    ],
    [
      'a file of a strategy that does not exist',
      (text) => text.replace('bargain-buyer', './no-such.ts'),
      { code: 2, error: /expected a strategy's file, but there is no .*no-such\.ts/ },
    ],
    [
      'a taken control port',
      (text) => `${text}control: { port: ${silentPort} }\n`,
      { code: 2, error: /the control port \d+ on 127\.0\.0\.1 is taken/ },
    ],
  ];
  // Side by side: each is a process of its own with a config and a data folder of its own.
  it.concurrent.each(cases)('%s', { timeout: 90_000 }, async (name, edit, expected) => {
    const variant = name.startsWith('a bad') ? 'bad-config' : name.replace(/\W+/g, '-');
    const file = await world.variant(variant, edit);
    expectRefusal(await world.start(['run', '--config', file]).finished, expected);
    // The control endpoint comes last; all else is told before anything is opened in the data folder.
    expect(existsSync(join(world.folder, `data-${variant}`))).toBe(name === 'a taken control port');
  });

  it('a node that takes connections and never answers, within seconds', { timeout: 60_000 }, async () => {
    const file = await world.variant('silent', withUrl(`http://127.0.0.1:${silentPort}`));
    const error = /no server of the chain gave a usable answer: .* had no answer within \d+ ms/;
    expectRefusal(await world.start(['run', '--config', file]).finished, { code: 1, error });
  });

  it('a wrong password, and none at all', { timeout: 60_000 }, async () => {
    const args = ['run', '--config', world.configFile];
    const wrong = await world.run(args, { WATTMAKER_PASSWORD: 'another password' });
    expectRefusal(wrong, { code: 2, error: /expected the password of key "operator", was another/ });
    expectRefusal(await world.run(args), { code: 2, error: /expected a password, found neither a terminal/ });
  });

  it('a Redis or Postgres that cannot be reached or never answers, without its password', {
    timeout: 90_000,
  }, async () => {
    const file = await world.variant('servers', (text) => text);
    for (const port of [2, silentPort]) {
      const redis = await world.start(['run', '--config', file], { REDIS_URL: `redis://:hush@127.0.0.1:${port}` })
        .finished;
      expectRefusal(redis, { code: 2, error: /cannot reach Redis at 127\.0\.0\.1:\d+/ });
    }
    const url = 'postgres://wattmaker:hush@127.0.0.1:2/wattmaker';
    const postgres = await world.start(['run', '--config', file], { DATABASE_URL: url }).finished;
    expectRefusal(postgres, { code: 2, error: /cannot use Postgres at 127\.0\.0\.1:\d+\/wattmaker/ });
    expect(world.printed()).not.toContain('hush');
  });

  it('a second bot on the same data folder; and the ledger of another chain', { timeout: 120_000 }, async () => {
    const args = ['run', '--config', world.configFile];
    const bot = world.start(args);
    await eventually(() => expect(bot.stdout()).toMatch(/block +\d/), { timeoutMs: 60_000, intervalMs: 100 });
    expectRefusal(await world.start(args).finished, { code: 2, error: /data folder ".*" is in use by process \d+/ });
    bot.process.kill('SIGINT');
    expect((await bot.finished).code).toBe(0);

    const other = await world.otherChain();
    const file = await world.variant('other', (text) => withUrl(other)(text).replace('data-other', 'data'));
    const error = /the ledger belongs to .* \(genesis [0-9a-f]{12}…\), not to .* \(genesis [0-9a-f]{12}…\)/;
    expectRefusal(await world.start(['run', '--config', file]).finished, { code: 2, error });
    expectRefusal(await world.run(['reconcile', '--config', file]), { code: 2, error });
  });
});

describe('other commands refuse, with one clear line,', () => {
  const cases: readonly (readonly [name: string, args: () => string[], expected: { code: 1 | 2; error: RegExp }])[] = [
    ['an unknown command', () => ['frobnicate'], { code: 2, error: /unknown command 'frobnicate'/ }],
    ['an unknown option', () => ['status', '--frobnicate'], { code: 2, error: /unknown option '--frobnicate'/ }],
    ['a run without a config', () => ['run'], { code: 2, error: /required option '--config <file>' not specified/ }],
    [
      'a config file that is not there',
      () => ['run', '--config', 'none.yaml'],
      { code: 2, error: /cannot read the config file "none\.yaml"/ },
    ],
    [
      'status where no bot runs',
      () => ['status', '--data', 'idle'],
      { code: 2, error: /no bot runs on the data folder/ },
    ],
    [
      'reconcile of nothing in particular',
      () => ['reconcile', '--data', 'idle'],
      { code: 2, error: /no bot runs on this data folder/ },
    ],
    [
      'a devnet on a taken port',
      () => ['devnet', '--port', String(silentPort)],
      { code: 1, error: /expected port \d+ on 127\.0\.0\.1 to be free, it is taken/ },
    ],
    [
      'a devnet in a taken folder',
      () => ['devnet', '--port', '0', '--data', 'devnet'],
      { code: 1, error: /expected .*devnet to be free, it is used by another embedded chain/ },
    ],
  ];
  it.concurrent.each(cases)('%s', { timeout: 90_000 }, async (_, args, expected) => {
    expectRefusal(await world.run(args()), expected);
  });
});
