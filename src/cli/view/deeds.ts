import type { MicroStx, Principal, Wh } from '../../core/index.ts';
import type { ConfirmedBatch, EntryResult } from '../../execution/index.ts';
import type { Intent, PlannedIntent } from '../../trading/index.ts';
import { formatEnergy, formatIntent, formatStx } from './format.ts';

type NameOf = (account: Principal) => string;

/** A line's text; `failed` where the contract refused it. */
export interface Outcome {
  readonly failed: boolean;
  readonly text: string;
}

/** What a batch is to do, one text an account: `ben: buy #18 #33, 1,600 Wh at 63 to 64`. */
export function describePlans(planned: readonly PlannedIntent[], nameOf: NameOf): string[] {
  return grouped(planned).map(({ account, kind, intents }) => {
    const what = kind === 'list' ? counted(intents.length) : named(intents.map(({ intent }) => idOf(intent)));
    return `${nameOf(account)}: ${verbs[kind].plan} ${what}, ${terms(intents)}`;
  });
}

/** What became of a batch: a text an account for what succeeded, and one for each entry that failed. */
export function describeOutcomes({ entries }: ConfirmedBatch, nameOf: NameOf): Outcome[] {
  const results = new Map<PlannedIntent, EntryResult>(entries.map(({ intent, result }) => [intent, result]));
  const resultOf = (planned: PlannedIntent): number => {
    const result = results.get(planned);
    return result?.kind === 'ok' ? result.value : 0;
  };
  const succeeded = entries.filter(({ result }) => result.kind === 'ok').map(({ intent }) => intent);
  const done = grouped(succeeded).map(({ account, kind, intents }): Outcome => {
    const ids = intents.map((planned) => (kind === 'list' ? resultOf(planned) : idOf(planned.intent)));
    const cost = intents.reduce((sum, planned) => sum + resultOf(planned), 0);
    const paid = kind === 'buy' ? ` for ${formatStx(cost as MicroStx)}` : '';
    return { failed: false, text: `${nameOf(account)} ${verbs[kind].done} ${named(ids)}, ${terms(intents)}${paid}` };
  });
  const failed = entries.flatMap(({ intent: { account, intent }, result }): Outcome[] =>
    result.kind === 'error'
      ? [{ failed: true, text: `${nameOf(account)}: ${formatIntent(intent)} failed: ${result.error}` }]
      : [],
  );
  return [...done, ...failed];
}

const verbs: Readonly<Record<Intent['kind'], { readonly plan: string; readonly done: string }>> = {
  buy: { plan: 'buy', done: 'bought' },
  list: { plan: 'list', done: 'listed' },
  cancel: { plan: 'take back', done: 'took back' },
};

interface Group {
  readonly account: Principal;
  readonly kind: Intent['kind'];
  readonly intents: PlannedIntent[];
}

/** By account and kind, each in the order of its first intent. */
function grouped(planned: readonly PlannedIntent[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const one of planned) {
    const { account } = one;
    const { kind } = one.intent;
    const key = `${kind} ${account}`;
    const group = groups.get(key) ?? { account, kind, intents: [] };
    group.intents.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `2,000 Wh at 93 to 97`; what is taken back has no price. */
function terms(planned: readonly PlannedIntent[]): string {
  const energy = planned.reduce((sum, { intent }) => sum + intent.amount, 0);
  const prices = planned.flatMap(({ intent }) => priceOf(intent));
  const [lowest, highest] = [Math.min(...prices), Math.max(...prices)];
  const range = lowest === highest ? ` at ${lowest}` : ` at ${lowest} to ${highest}`;
  return `${formatEnergy(energy as Wh)}${prices.length === 0 ? '' : range}`;
}

function priceOf(intent: Intent): number[] {
  switch (intent.kind) {
    case 'buy':
      return [intent.maxPrice];
    case 'list':
      return [intent.price];
    case 'cancel':
      return [];
  }
}

/** A listing has no id before it is mined. */
const idOf = (intent: Intent): number => (intent.kind === 'list' ? 0 : intent.tradeId);

const named = (ids: readonly number[]): string => ids.map((id) => `#${id}`).join(' ');

const counted = (offers: number): string => (offers === 1 ? '1 offer' : `${offers} offers`);
