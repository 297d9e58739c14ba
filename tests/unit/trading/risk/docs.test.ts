import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RISK_LIMITS, riskCodes } from '../../../../src/trading/index.ts';

const page = readFileSync(new URL('../../../../docs/risk.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, as cells. */
function tableUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('docs/risk.md', () => {
  it('behavior: lists every code with its sentence, in the order of the checks', () => {
    expect(tableUnder('Codes')).toEqual(Object.entries(riskCodes));
  });

  it('behavior: lists every limit with its default', () => {
    const defaults = Object.entries(DEFAULT_RISK_LIMITS).map(([name, value]) => [name, String(value)]);
    expect(tableUnder('Limits').map((cells) => cells.slice(0, 2))).toEqual(defaults);
  });
});
