import { defineStrategy, type Intent } from 'wattmaker/strategy';

const answers: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  promise: Promise.resolve([]),
  text: 'buy everything',
  null: [null],
  kind: [{ kind: 'steal', tradeId: 1, amount: 1, reason: '' }],
  nan: [{ kind: 'list', amount: Number.NaN, price: 1, openUntil: 2_000, reason: '' }],
  negative: [{ kind: 'list', amount: -5, price: 1, openUntil: 2_000, reason: '' }],
  fraction: [{ kind: 'buy', tradeId: 1, amount: 0.5, maxPrice: 1, reason: '' }],
  bigint: [{ kind: 'buy', tradeId: 1n, amount: 1, maxPrice: 1, reason: '' }],
  reason: [{ kind: 'cancel', tradeId: 1, amount: 1 }],
  flood: Array.from({ length: 1_001 }, () => ({ kind: 'cancel', tradeId: 1, amount: 1, reason: '' })),
};

/** Returns what is no list of intents; `answer` says which. */
export default defineStrategy({
  apiVersion: 1,
  name: 'nonsense',
  description: 'Returns nonsense.',
  parameters: {
    answer: {
      kind: 'choice',
      default: 'nothing',
      choices: Object.keys(answers),
      unit: '',
      description: 'What it returns.',
      optimisable: false,
    },
  },
  decide: (_view, { answer }) => answers[answer] as readonly Intent[],
});
