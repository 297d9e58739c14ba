import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigError } from '../../../../src/core/index.ts';
import { exampleConfig } from '../../../../src/service/config/example-config.ts';
import { loadConfig, resolveConfig } from '../../../../src/service/config/load-config.ts';
import { redactConfig } from '../../../../src/service/config/redact-config.ts';

const example = (): Record<string, unknown> => parse(exampleConfig);
const resolve = (raw: unknown, environment: Record<string, string> = {}) =>
  resolveConfig(raw, { baseFolder: '/home/anna/bot', environment, name: 'wattmaker.yaml' });

function messageOf(raw: unknown): string {
  try {
    resolve(raw);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('expected the config to be refused');
}

describe('resolveConfig', () => {
  it('default: the printed example is valid, paths are absolute, and the network decides the rest', () => {
    const config = resolve(example());
    expect(config.data).toBe('/home/anna/bot/.wattmaker/data');
    expect(config.execution).toMatchObject({ confirmedDepth: 1, finalDepth: 6, validityBlocks: 10 });
    expect(config.polling.everyMs).toBe(500);
    expect(config.grid).toEqual({ import: 110, feedIn: 40 });
    expect(resolve({ ...example(), network: 'testnet' }).execution.confirmedDepth).toBe(6);
    expect(config.retention).toEqual({ days: 30, transactions: 50_000, everyMinutes: 10 });
    const folder = '/home/anna/bot/.wattmaker/data/recordings';
    expect(config.recording).toEqual({ enabled: true, folder, days: 30, maxMiB: 1_024 });
    expect(resolve({ ...example(), recording: { folder: 'kept' } }).recording.folder).toBe('/home/anna/bot/kept');
  });

  it('behavior: the grid prices that are left out follow the energy price', () => {
    expect(resolve({ ...example(), grid: undefined }).grid).toEqual({ import: null, feedIn: null });
  });

  it('behavior: a strategy given as a path is resolved, a name is kept', () => {
    const accounts = (example().accounts as object[]).map((account) => ({
      ...account,
      strategy: './mine/strategy.ts',
    }));
    expect(resolve({ ...example(), accounts }).accounts[0]?.strategy).toBe('/home/anna/bot/mine/strategy.ts');
    expect(resolve(example()).accounts[0]?.strategy).toBe('bargain-buyer');
  });

  it.each<[string, (raw: Record<string, unknown>) => unknown, RegExp]>([
    ['an unknown key', (raw) => ({ ...raw, acounts: [] }), /unknown key "acounts"/],
    ['an unknown nested key', (raw) => ({ ...raw, fees: { rate: 2 } }), /unknown key "rate" in fees/],
    ['a wrong network', (raw) => ({ ...raw, network: 'main' }), /network: .*"main"/],
    ['no account', (raw) => ({ ...raw, accounts: [] }), /accounts: /],
    [
      'an address with a wrong checksum',
      (raw) => ({
        ...raw,
        accounts: [{ name: 'x', address: 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGX', strategy: 's' }],
      }),
      /accounts\[0\]\.address: expected a Stacks address, was "ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGX"/,
    ],
    [
      'an account twice',
      (raw) => ({ ...raw, accounts: [...(raw.accounts as []), ...(raw.accounts as [])] }),
      /was twice: "anna"/,
    ],
    ['an amount with a fraction', (raw) => ({ ...raw, fees: { cap: 1.5 } }), /fees\.cap: .*1\.5/],
    [
      'a retention that the limits of a day could not live with',
      (raw) => ({ ...raw, retention: { days: 1 } }),
      /retention\.days: .*>=2.*was 1/,
    ],
    [
      'a contract without a name',
      (raw) => ({ ...raw, chain: { urls: ['http://x.test'], contract: 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM' } }),
      /expected ADDRESS\.energy-grid/,
    ],
  ])('error: %s is refused and quoted', (_, change, message) => {
    expect(messageOf(change(example()))).toMatch(message);
  });

  it('error: an API key that the environment does not hold', () => {
    const raw = example();
    expect(messageOf({ ...raw, chain: { ...(raw.chain as object), apiKeyFrom: 'HIRO_KEY' } })).toMatch(/"HIRO_KEY"/);
  });
});

describe('loadConfig', () => {
  it('error: a missing file and one that is no YAML, each in one line', async () => {
    await expect(loadConfig('/nowhere/x.yaml', { environment: {} })).rejects.toThrow(
      /cannot read the config file "\/nowhere\/x.yaml"/,
    );
    const file = join(await mkdtemp(join(tmpdir(), 'wattmaker-config-')), 'bad.yaml');
    await writeFile(file, 'network: [embedded\n');
    await expect(loadConfig(file, { environment: {} })).rejects.toThrow(/is not YAML/);
  });
});

describe('redactConfig', () => {
  it('behavior: hides every credential', () => {
    const raw = example();
    const config = resolve(
      {
        ...raw,
        chain: { ...(raw.chain as object), urls: ['https://me:hidden-1@node.test/?key=hidden-2'], apiKeyFrom: 'KEY' },
      },
      { KEY: 'hidden-3', REDIS_URL: 'redis://:hidden-4@r.test:6379', DATABASE_URL: 'postgres://u:hidden-5@d.test/db' },
    );
    const shown = JSON.stringify(redactConfig(config));
    expect(shown).not.toMatch(/hidden-\d/);
    expect(shown).toContain('node.test');
    expect(shown).toContain('d.test/db');
  });
});
