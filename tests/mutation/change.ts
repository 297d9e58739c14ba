import type { Mutant } from './mutants.ts';

export const CONTRACT = 'contracts/energy-grid.clar';

/** A small change of one file that a test must notice. */
export interface Change {
  readonly of: 'contract' | 'model';
  readonly what: string;
  readonly file: string;
  /** @throws Error where the text to change is not found. */
  apply(source: string): string;
}

/** The contract with a mutant's text. */
export function contractChange({ what, find, replace, inside, throughout }: Mutant): Change {
  const apply = (source: string): string => {
    const from = inside === undefined ? 0 : source.indexOf(inside);
    const at = from < 0 ? -1 : source.indexOf(find, from);
    if (at < 0) throw new Error(`${what}: expected to find "${from < 0 ? inside : find}" in the contract`);
    if (!throughout) return source.slice(0, at) + replace + source.slice(at + find.length);
    const end = source.indexOf('\n(define-', from);
    return source.slice(0, from) + source.slice(from, end).replaceAll(find, replace) + source.slice(end);
  };
  return { of: 'contract', what, file: CONTRACT, apply };
}
