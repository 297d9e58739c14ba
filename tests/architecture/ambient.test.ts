import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, sourceFiles } from './imports.ts';
import { roomOf, rooms } from './rooms.ts';

const ambient =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.(env|hrtime)\b|\bperformance\.now\(|\bset(Timeout|Interval|Immediate)\(/;

const offences = (text: string): string[] =>
  text.split('\n').filter((line) => ambient.test(line) && !line.includes('ambient-ok:') && !/^\s*(\*|\/\/)/.test(line));

describe('pure rooms', () => {
  const files = ['src', 'backtest', 'strategies']
    .flatMap((folder) => sourceFiles(root, folder))
    .filter((file) => !file.endsWith('.test.ts') && rooms[roomOf(file) ?? '']?.pure === true);

  it('behavior: read no ambient clock, randomness, environment or timer', () => {
    expect(files.length).toBeGreaterThan(30);
    const found = files.flatMap((file) =>
      offences(readFileSync(join(root, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  it('error: an ambient read is found', () => {
    expect(offences('const now = Date.now();')).toHaveLength(1);
    expect(offences('if (process.env.HOME) {}')).toHaveLength(1);
  });
});
