import type { Height, Price, TradeId, Wh } from '../core/index.ts';
import type { BuyIntent, Intent, ListIntent } from './intent.ts';

/** More intents than this in one answer is a strategy out of control. */
const MAX_INTENTS = 1_000;

const LONGEST_REASON = 200;

export type CheckedIntents =
  | { readonly kind: 'intents'; readonly intents: readonly Intent[] }
  | { readonly kind: 'nonsense'; readonly problem: string };

class Nonsense {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
}

function natural(value: unknown, field: string, index: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Nonsense(`${place(index)} with ${field} ${shown(value)}, expected a non-negative integer`);
}

const place = (index: number): string => `intent ${index + 1}`;

/** Whether a text has control characters: a loop over its codes is much faster than the expression that replaces them. */
function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

/** One printable line: control characters could forge lines in a log. */
function reasonOf(reason: unknown, index: number): string {
  if (typeof reason !== 'string') throw new Nonsense(`${place(index)} with reason ${shown(reason)}, expected a text`);
  return (hasControl(reason) ? reason.replace(/\p{Cc}+/gu, ' ') : reason).slice(0, LONGEST_REASON);
}

function checkIntent(value: unknown, index: number): Intent {
  if (typeof value !== 'object' || value === null) {
    throw new Nonsense(`${place(index)} ${shown(value)}, expected an object`);
  }
  const record = value as Partial<Record<keyof (BuyIntent & ListIntent & { reason: string }), unknown>>;
  const reason = reasonOf(record.reason, index);
  const { kind } = record;
  switch (kind) {
    case 'buy':
      return Object.freeze({
        kind,
        tradeId: natural(record.tradeId, 'tradeId', index) as TradeId,
        amount: natural(record.amount, 'amount', index) as Wh,
        maxPrice: natural(record.maxPrice, 'maxPrice', index) as Price,
        reason,
      });
    case 'list':
      return Object.freeze({
        kind,
        amount: natural(record.amount, 'amount', index) as Wh,
        price: natural(record.price, 'price', index) as Price,
        openUntil: natural(record.openUntil, 'openUntil', index) as Height,
        reason,
      });
    case 'cancel':
      return Object.freeze({
        kind,
        tradeId: natural(record.tradeId, 'tradeId', index) as TradeId,
        amount: natural(record.amount, 'amount', index) as Wh,
        reason,
      });
    default:
      throw new Nonsense(`${place(index)} of kind ${shown(kind)}, expected buy, list or cancel`);
  }
}

/**
 * Copies what a strategy returned into fresh frozen intents, field by field, so that nothing of the strategy's own is
 * kept. May throw what a hostile value's getters throw.
 */
export function checkIntents(answer: unknown): CheckedIntents {
  if (!Array.isArray(answer)) return { kind: 'nonsense', problem: `${shown(answer)}, expected an array of intents` };
  const { length } = answer;
  if (length > MAX_INTENTS) return { kind: 'nonsense', problem: `${length} intents, expected at most ${MAX_INTENTS}` };
  try {
    const intents: Intent[] = [];
    for (let index = 0; index < length; index += 1) intents.push(checkIntent(answer[index], index));
    return { kind: 'intents', intents };
  } catch (thrown) {
    if (thrown instanceof Nonsense) return { kind: 'nonsense', problem: thrown.problem };
    throw thrown;
  }
}
