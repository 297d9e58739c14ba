import { type GridErrorName, gridContractSource, gridErrors } from '../../src/contract/index.ts';

const camelCase = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const source = (): string => gridContractSource().replace(/;;.*$/gm, '');

/** The errors that the contract declares: name (as the binding spells it) → code. */
export function declaredErrors(): Record<string, number> {
  const found = source().matchAll(/\(define-constant err-([a-z-]+) \(err u(\d+)\)\)/g);
  return Object.fromEntries([...found].map(([, name, code]) => [camelCase(name ?? ''), Number(code)]));
}

/**
 * Which errors each public function's own text and that of the private functions it uses can name. A batch stops at its
 * entry function, whose errors are its entries' answers.
 */
export function namedErrors(): Record<string, GridErrorName[]> {
  const bodies = new Map<string, { isPublic: boolean; text: string }>();
  for (const part of source().split(/^(?=\(define-)/m)) {
    const [, access, name] = /^\(define-(public|private) \(([a-z0-9-]+)/.exec(part) ?? [];
    if (access && name)
      bodies.set(name, { isPublic: access === 'public', text: part.slice(part.indexOf(name) + name.length) });
  }
  const reach = (name: string, seen: Set<string>): Set<string> => {
    const text = bodies.get(name)?.text ?? '';
    const errors = new Set([...text.matchAll(/\berr-([a-z-]+)/g)].map(([, error]) => camelCase(error ?? '')));
    seen.add(name);
    for (const [, used] of text.matchAll(/\(([a-z][a-z0-9-]+)/g)) {
      const callee = used && bodies.get(used);
      if (!callee || callee.isPublic || seen.has(used)) continue;
      for (const error of reach(used, seen)) errors.add(error);
    }
    return errors;
  };
  return Object.fromEntries(
    [...bodies]
      .filter(([, { isPublic }]) => isPublic)
      .map(([name]) => [
        camelCase(name),
        [...reach(name, new Set())].filter((error): error is GridErrorName => error in gridErrors).sort(),
      ]),
  );
}
