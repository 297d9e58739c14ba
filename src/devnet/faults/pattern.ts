import { dialectOf } from '../dialect.ts';

/** `node`, `indexer`, `any`, or a path with an optional method before it; `*` is one part of a path, `**` any number. */
export const PATTERN = /^(node|indexer|any|([A-Z]+ )?\/\S*)$/;
export const PATTERN_RULE = 'expected node, indexer, any, or a path such as "/extended/v1/tx/*" or "POST /v2/**"';

export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** Whether a request is one that `pattern` names. */
export function matches(pattern: string, { method, path }: Asked): boolean {
  if (pattern === 'any') return true;
  if (!pattern.includes('/')) return dialectOf(path) === pattern;
  const [glob = '', verb] = pattern.split(' ').reverse();
  return (verb === undefined || verb === method) && expressionOf(glob).test(path.replace(/(?<=.)\/$/, ''));
}

const expressions = new Map<string, RegExp>();

function expressionOf(glob: string): RegExp {
  let expression = expressions.get(glob);
  if (expression === undefined) {
    const escaped = glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    expression = new RegExp(`^${escaped.replace(/\*\*|\*/g, (stars) => (stars === '*' ? '[^/]*' : '.*'))}$`);
    expressions.set(glob, expression);
  }
  return expression;
}
