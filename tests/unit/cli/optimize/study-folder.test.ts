import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../backtest/optimize/outcome.ts';
import { openStudy } from '../../../../src/cli/optimize/study-folder.ts';

const base = mkdtempSync(join(tmpdir(), 'wattmaker-study-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const freshFolder = (): string => mkdtempSync(join(base, 'study-'));
const outcome = (score: number | null): Outcome => ({ score, profit: 2n ** 60n, samples: [0.1, -2, 3] });
const identity = { seed: 1, scene: { funds: 5n } };

describe('the folder of a study', () => {
  it('default: a finished trial is found again, to the last digit', () => {
    const folder = freshFolder();
    const study = openStudy(folder, identity);
    expect(study.found).toBe(0);
    study.add('a', outcome(0.1 + 0.2));
    study.add('b', outcome(null));
    const again = openStudy(folder, identity);
    expect(again.found).toBe(2);
    expect(again.get('a')).toEqual(outcome(0.1 + 0.2));
    expect(again.get('b')).toEqual(outcome(null));
    expect(again.get('c')).toBeUndefined();
  });

  it('behavior: a trial that was not written to its end is gone, at whatever byte the end came', () => {
    const folder = freshFolder();
    const study = openStudy(folder, identity);
    study.add('a', outcome(1));
    const path = join(folder, 'trials.jsonl');
    const whole = readFileSync(path);
    study.add('b', outcome(2));
    const torn = readFileSync(path).subarray(whole.length);
    for (let bytes = 1; bytes < torn.length; bytes += 7) {
      writeFileSync(path, Buffer.concat([whole, torn.subarray(0, bytes)]));
      const again = openStudy(folder, identity);
      expect(again.found).toBe(1);
      again.add('b', outcome(2));
      expect(openStudy(folder, identity).found).toBe(2);
    }
  });

  it('error: damage before the end', () => {
    const folder = freshFolder();
    const study = openStudy(folder, identity);
    study.add('a', outcome(1));
    const path = join(folder, 'trials.jsonl');
    const [line = ''] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${line.replace('"score":1', '"score":7')}\n`);
    appendFileSync(path, `${line}\n`);
    expect(() => openStudy(folder, identity)).toThrow('expected an intact trial in line 1');
  });

  it('error: another study, with what differs', () => {
    const folder = freshFolder();
    openStudy(folder, identity);
    expect(() => openStudy(folder, { ...identity, scene: { funds: 6n } })).toThrow(
      /to be this one, but it differs in scene \(there .*"5".*, here .*"6".*\)/,
    );
  });
});
