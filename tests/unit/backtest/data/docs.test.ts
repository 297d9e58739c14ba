import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { segmentColumns, segmentSchema } from '../../../../backtest/data/segment/segment-schema.ts';

const page = readFileSync(new URL('../../../../docs/recordings.md', import.meta.url), 'utf8');

/** The rows of the page's table of columns: name and type. */
const documented = [...page.matchAll(/^\| `(\w+)` \| (\w[\w ]*\w) \|/gm)].map(([, name, type]) => ({ name, type }));

describe('docs/recordings.md', () => {
  it('names every column of a segment, in order, with its type', () => {
    const types = { Uint64: 'uint64', Uint32: 'uint32', Float64: 'float64' } as const;
    const columns = segmentSchema(new Map()).fields.map(({ name, type }) => {
      const text = String(type);
      return { name, type: types[text as keyof typeof types] ?? 'dictionary of text' };
    });
    expect(columns.map(({ name }) => name)).toEqual(segmentColumns);
    expect(documented).toEqual(columns);
  });
});
