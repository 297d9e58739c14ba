import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { recordNeighbourhood } from '../support/recorded-market.ts';
import { writeRecording } from '../support/recording-folder.ts';
import { runCommand } from '../support/run-command.ts';
import { runWattmaker, startWattmaker } from '../support/run-wattmaker.ts';

const base = mkdtempSync(join(tmpdir(), 'wattmaker-optimize-'));
const recording = join(base, 'neighbours');
const other = join(base, 'another-future');
/** With two folds over blocks 10 to 310: the first fold's test window ends here. */
const FIRST_TEST_END = 254;

beforeAll(() => {
  writeRecording(recording, recordNeighbourhood(300, 3), 200);
  writeRecording(other, recordNeighbourhood(300, 3, { at: FIRST_TEST_END + 1, seed: 9 }), 200);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Json {
  readonly folds: readonly {
    readonly train: readonly { readonly from: number; readonly to: number }[];
    readonly test: readonly { readonly from: number; readonly to: number }[] | null;
    readonly chosen: Readonly<Record<string, number>>;
    readonly candidates: number;
    readonly deflated: { readonly value: number | null };
    readonly outOfSample: object | null;
  }[];
  readonly best: { readonly stability: { readonly neighbours: number; readonly slices: readonly object[] } };
}

const space = ['--space', 'halfSpreadPercent=2:30', '--space', 'lotWh=100:2000'];
const small = [...space, '--method', 'random', '--trials', '6', '--folds', '2', '--to', '310'];
const TRIALS = 'trials.jsonl';
const lines = (study: string): number =>
  existsSync(join(base, study, TRIALS)) ? readFileSync(join(base, study, TRIALS), 'utf8').split('\n').length - 1 : 0;
const args = (study: string, options: readonly string[], folder = recording): readonly string[] => [
  ...['optimize', folder, '--strategy', 'market-maker', '--study', join(base, study)],
  ...options,
];
const optimize = (study: string, options: readonly string[], folder = recording) =>
  runWattmaker(args(study, options, folder), { cwd: base });

describe('wattmaker optimize', () => {
  it('default: shows in sample against out of sample, the deflated score and the map of the optimum', {
    timeout: 120_000,
  }, async () => {
    const { code, stdout, stderr } = await optimize('shown', small);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/[\d,]+ events in [\d.]+ s, [\d,]+ events\/s/);
    for (const words of [
      'in sample',
      'out of sample',
      'deflated',
      'stability:',
      'scores around the best',
      'fold 2',
      'total',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  it('behavior: two jobs and one print the same, byte for byte; asked again it plays nothing anew', {
    timeout: 180_000,
  }, async () => {
    const one = await optimize('one', [...small, '--jobs', '1', '--json']);
    const two = await optimize('two', [...small, '--jobs', '2', '--json']);
    expect(one.code, one.stderr).toBe(0);
    expect(two.stdout).toBe(one.stdout);
    const again = await optimize('one', [...small, '--jobs', '1', '--json']);
    expect(again.stdout).toBe(one.stdout);
    expect(again.stderr).toContain('goes on after');
    expect(again.stderr).toMatch(/^0 events/m);
    const { folds, best } = one.json as unknown as Json;
    expect(folds.map(({ candidates }) => candidates)).toEqual([6, 6]);
    expect(folds.map(({ test }) => test?.[0]?.to)).toEqual([FIRST_TEST_END, 310]);
    expect(best.stability.slices).toHaveLength(3);
  });

  it('behavior: killed and asked again it ends in the same, byte for byte', { timeout: 180_000 }, async () => {
    const options = [...space, '--trials', '27', '--folds', '2', '--jobs', '1', '--json'];
    const whole = await optimize('whole', options);
    expect(whole.code, whole.stderr).toBe(0);
    const killed = startWattmaker(args('killed', options), { cwd: base });
    await eventually(() => expect(lines('killed')).toBeGreaterThan(8), { timeoutMs: 60_000, intervalMs: 5 });
    killed.process.kill('SIGKILL');
    await killed.finished;
    expect(lines('killed')).toBeLessThan(lines('whole'));
    const again = await optimize('killed', options);
    expect(again.stderr).toMatch(/goes on after \d+ trials/);
    expect(again.stdout).toBe(whole.stdout);
    expect(lines('killed')).toBe(lines('whole'));
  });

  it('behavior: what comes after a fold moves nothing in it', { timeout: 120_000 }, async () => {
    const here = await optimize('here', [...small, '--json']);
    const there = await optimize('there', [...small, '--json'], other);
    expect(there.code, there.stderr).toBe(0);
    const [one, two] = [here, there].map(({ json }) => (json as unknown as Json).folds);
    expect(two?.[0]).toEqual(one?.[0]);
    expect(two?.[1]).not.toEqual(one?.[1]);
  });

  it('behavior: an objective of a file decides', { timeout: 120_000 }, async () => {
    const file = join(base, 'narrow.mjs');
    writeFileSync(file, 'export default ({ accounts: [{ maker }] }) => -maker.listed.offers;\n');
    const { code, json, stderr } = await optimize('narrow', [
      ...small,
      '--objective',
      './narrow.mjs',
      '--folds',
      '0',
      '--json',
    ]);
    expect(code, stderr).toBe(0);
    const { folds } = json as unknown as Json & {
      readonly folds: readonly { readonly inSample: { readonly score: number } }[];
    };
    expect(folds[0]?.inSample.score).toBeLessThanOrEqual(0);
    expect(folds[0]?.test).toBeNull();
  });

  it('error: a folder that holds another study', { timeout: 60_000 }, async () => {
    await optimize('mine', [...small, '--folds', '0', '--trials', '1']);
    const { code, stderr } = await optimize('mine', [...small, '--folds', '0', '--trials', '1', '--seed', '2']);
    expect(code).toBe(2);
    expect(stderr).toContain('to be this one, but it differs in seed (there 1, here 2)');
    expect(stderr).toContain('name another folder with --study');
  });

  it.each([
    { options: ['--method', 'luck'], says: 'expected a method, was "luck"' },
    { options: ['--space', 'spread=1:2'], says: 'expected a parameter of the strategy "market-maker", was "spread"' },
    { options: ['--space', 'halfSpreadPercent=2:200'], says: 'expected halfSpreadPercent within 0.1 to 90, was "200"' },
    { options: ['--folds', '40'], says: 'to have at least 880 blocks (60 to choose on, a gap of 20, and 40 × 20' },
    { options: ['--objective', 'fame'], says: 'expected an objective, was "fame"' },
    { options: ['--jobs', '0'], says: 'Only with --redis' },
    { options: ['--as', 'STME'], says: 'expected a Stacks address, was "STME"' },
    { options: ['--feed-in', '5000'], says: 'expected a grid that pays at most what it asks, was 5000 against' },
    {
      options: ['--set', 'halfSpreadPercent=3', '--space', 'halfSpreadPercent=2:4'],
      says: 'to be set or to be searched, was both',
    },
  ])('error: $options', async ({ options, says }) => {
    const { code, err, out } = await runCommand(args('never', options));
    expect(err).toContain(says);
    expect(code).toBe(2);
    expect(out).toBe('');
  });
});
