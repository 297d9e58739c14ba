import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from './change.ts';

/** Where the model's rules stand; their other lines are types and names. */
const RULES = ['rules', 'decide-account', 'decide-batch', 'decide-delegation', 'decide-owner', 'decide-trade'];
/** Where the model applies events. */
const EFFECTS = ['evolve-account', 'evolve-trade'];

/** Each comparison with the one that differs at its very edge, each sum with the difference. */
const TWISTS: readonly (readonly [string, string])[] = [
  [' > ', ' >= '],
  [' >= ', ' > '],
  [' < ', ' <= '],
  [' <= ', ' < '],
  [' + ', ' - '],
  [' - ', ' + '],
];

/** Lines that behave alike when twisted, with the reason. */
const EQUIVALENT: ReadonlyMap<string, string> = new Map([
  ['return id <= MAX ? state.trades.get(tradeId(id)) : undefined;', 'no trade is ever numbered MAX'],
]);

/**
 * Changes of the model, one for each rule that is left out and for each comparison or sum that is twisted. They show that
 * no line of it stands only because it was written so.
 */
export async function modelChanges(root: string): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const name of [...RULES, ...EFFECTS]) {
    const file = `src/market/${name}.ts`;
    const lines = (await readFile(join(root, file), 'utf8')).split('\n');
    for (const [index, line] of lines.entries()) {
      const at = `${name}.ts:${index + 1}: ${line.trim()}`;
      const change = (what: string, replaced: string): void => {
        const changed = lines.with(index, replaced).join('\n');
        changes.push({ of: 'model', what: `${at}: ${what}`, file, apply: () => changed });
      };
      // What is not there cannot be read further down, so such a line is more than a rule.
      if (/^ *if .* return refuse\('/.test(line) && !line.includes('undefined')) change('left out', '');
      if (!isArithmetic(line) || EQUIVALENT.has(line.trim())) continue;
      for (const [found, twisted] of TWISTS) {
        for (let start = line.indexOf(found); start >= 0; start = line.indexOf(found, start + 1)) {
          change(
            `${found.trim()} is ${twisted.trim()}`,
            line.slice(0, start) + twisted + line.slice(start + found.length),
          );
        }
      }
    }
  }
  return changes;
}

/** Whether a line compares or computes; comments and the texts of errors do not. */
function isArithmetic(line: string): boolean {
  return !/^ *(\/\/|\*|\/\*)|throw new|=> \{$/.test(line);
}
