import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defects } from '../../chaos/defects.ts';
import { withDefect } from '../../chaos/inject-defect.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('the defects that chaos runs must notice', () => {
  it.each(defects)('can be put into the code as it stands: $what', async (defect) => {
    expect((await withDefect(root, defect)).size).toBeGreaterThan(0);
  });

  it('names what it does not find', async () => {
    const edits = [{ file: 'package.json', find: 'no such text', replace: '' }];
    const defect = { what: 'a defect', theme: 'kills', edits } as const;
    await expect(withDefect(root, defect)).rejects.toThrow('a defect: expected to find "no such text" in package.json');
  });
});
