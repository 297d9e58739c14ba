import { describe, expect, it } from 'vitest';
import { consult } from '../../../src/trading/guard.ts';
import { resolveParameters, type Strategy } from '../../../src/trading/index.ts';
import { exampleView } from '../../../src/trading/strategy-api.ts';
import mutator from '../../support/strategies/mutator.ts';
import nonsense from '../../support/strategies/nonsense.ts';
import thrower from '../../support/strategies/thrower.ts';

const view = exampleView({
  offers: [{ amount: 100, price: 50 }],
  ownOffers: [{ tradeId: 9, amount: 10, price: 90 }],
});

function ask(strategy: Strategy<never>, given: Record<string, unknown> = {}): string | readonly unknown[] {
  const parameters = resolveParameters(strategy, given);
  const answer = consult({ reference: strategy.name, strategy }, { view, parameters });
  if (answer.kind === 'intents') return answer.intents;
  expect(answer.error.strategy).toBe(strategy.name);
  return answer.error.message;
}

const returning = (answer: () => unknown): Strategy<never> => ({
  apiVersion: 1,
  name: 'inline',
  description: 'Inline.',
  parameters: {},
  decide: answer as () => [],
});

describe('consult', () => {
  it('behavior: hands on what a decent strategy wants, copied and frozen', () => {
    const intent = { kind: 'buy', tradeId: 1, amount: 100, maxPrice: 50, reason: 'cheap', extra: 'dropped' };
    const intents = ask(returning(() => [intent]));
    expect(intents).toEqual([{ kind: 'buy', tradeId: 1, amount: 100, maxPrice: 50, reason: 'cheap' }]);
    expect((intents as object[]).every(Object.isFrozen)).toBe(true);
  });

  it('behavior: a reason becomes one short line', () => {
    const reason = `a\nforged log line\u001b[2J${'x'.repeat(500)}`;
    const [intent] = ask(returning(() => [{ kind: 'cancel', tradeId: 1, amount: 1, reason }])) as { reason: string }[];
    expect(intent?.reason).toMatch(/^a forged log line \[2Jx+$/);
    expect(intent?.reason).toHaveLength(200);
  });

  it('error: a thrower, named, in one line', () => {
    expect(ask(thrower)).toBe('threw RangeError: the sky is falling on two lines');
  });

  it.each(mutator.parameters.target.choices)('error: a mutator that writes on %s', (target) => {
    expect(ask(mutator, { target })).toMatch(/^threw TypeError: Cannot (assign to read only property|add property)/);
  });

  it.each([
    ['nothing', 'returned undefined, expected an array of intents'],
    ['promise', 'returned an object, expected an array of intents'],
    ['text', 'returned "buy everything", expected an array of intents'],
    ['null', 'returned intent 1 null, expected an object'],
    ['kind', 'returned intent 1 of kind "steal", expected buy, list or cancel'],
    ['nan', 'returned intent 1 with amount NaN, expected a non-negative integer'],
    ['negative', 'returned intent 1 with amount -5, expected a non-negative integer'],
    ['fraction', 'returned intent 1 with amount 0.5, expected a non-negative integer'],
    ['bigint', 'returned intent 1 with tradeId 1, expected a non-negative integer'],
    ['reason', 'returned intent 1 with reason undefined, expected a text'],
    ['flood', 'returned 1001 intents, expected at most 1000'],
  ])('error: nonsense: %s', (answer, message) => {
    expect(ask(nonsense, { answer })).toBe(message);
  });

  it('error: an answer that throws when it is read, or cannot be printed', () => {
    const trap = {
      get reason(): never {
        throw {
          toString(): never {
            throw new Error('again');
          },
        };
      },
    };
    expect(ask(returning(() => [trap]))).toBe('threw something that cannot be printed');
  });
});
