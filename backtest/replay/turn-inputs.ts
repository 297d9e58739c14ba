import { z } from 'zod';
import { CorruptionError, height, microStx, price, principal, tradeId, wh } from '../../src/core/index.ts';
import type { TurnRequest } from '../../src/trading/index.ts';

const natural = z.int().min(0);
const block = natural.transform(height);
const money = natural.transform(microStx);
const energy = z.int().transform(wh);
const address = z.string().transform(principal);
const unitPrice = natural.transform(price);
const reason = z.string();

export const intent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('buy'),
    tradeId: natural.transform(tradeId),
    amount: energy,
    maxPrice: unitPrice,
    reason,
  }),
  z.strictObject({ kind: z.literal('list'), amount: energy, price: unitPrice, openUntil: block, reason }),
  z.strictObject({ kind: z.literal('cancel'), tradeId: natural.transform(tradeId), amount: energy, reason }),
]);

const settingsSchema = {
  haltState: z.enum(['active', 'reducing', 'halted']),
  feePerEntry: money,
  grid: z.strictObject({ import: unitPrice.nullable(), feedIn: unitPrice.nullable() }),
  benched: z.array(z.string()),
} as const;

const listSchema = {
  openIntents: z.strictObject({
    id: z.string(),
    account: address,
    operator: address,
    strategy: z.string(),
    turn: natural,
    height: block,
    intent,
    cost: money,
  }),
  dayTotals: z.strictObject({ account: address, spent: money, fees: money }),
  lanes: z.strictObject({
    operator: address,
    unconfirmed: natural,
    entriesLeft: natural,
    // Less the fees of what is under way, so it may be negative.
    balance: z.int().transform((value) => value as ReturnType<typeof microStx>),
  }),
  targets: z.strictObject({ account: address, targetWh: energy }),
} as const;

type Settings = { readonly [Name in keyof typeof settingsSchema]: z.output<(typeof settingsSchema)[Name]> };
type Lists = { readonly [Name in keyof typeof listSchema]: readonly z.output<(typeof listSchema)[Name]>[] };

/** The inputs of a turn that are mostly as they were in the turn before. */
export type TurnInputs = Settings & Lists;

const changesSchema = <Entry extends z.ZodType>(entry: Entry) =>
  z.strictObject({ set: z.array(entry), gone: z.array(z.string()).optional() }).optional();

/** What a line has of them: settings that changed, and of each list the entries that are new, other or gone. */
export const inputChanges = {
  ...z.strictObject(settingsSchema).partial().shape,
  openIntents: changesSchema(listSchema.openIntents),
  dayTotals: changesSchema(listSchema.dayTotals),
  lanes: changesSchema(listSchema.lanes),
  targets: changesSchema(listSchema.targets),
} as const;

type Changes = z.output<z.ZodObject<typeof inputChanges>>;

const settingNames = Object.keys(settingsSchema) as readonly (keyof Settings)[];
const listNames = Object.keys(listSchema) as readonly (keyof Lists)[];

/** What names an entry of a list. */
const keys: { readonly [Name in keyof Lists]: (entry: Lists[Name][number]) => string } = {
  openIntents: ({ id }) => id,
  dayTotals: ({ account }) => account,
  lanes: ({ operator }) => operator,
  targets: ({ account }) => account,
};

export function inputsOf({
  request,
  benched,
}: {
  readonly request: TurnRequest;
  readonly benched: readonly string[];
}): TurnInputs {
  const { haltState, feePerEntry, grid = {}, openIntents, dayTotals, lanes, targets = [] } = request;
  return {
    haltState,
    feePerEntry,
    grid: { import: grid.import ?? null, feedIn: grid.feedIn ?? null },
    benched: [...benched],
    openIntents: openIntents as Lists['openIntents'],
    dayTotals,
    // A lane's state carries more than a turn looks at.
    lanes: lanes.map(({ operator, unconfirmed, entriesLeft, balance }) => ({
      operator,
      unconfirmed,
      entriesLeft,
      balance,
    })),
    targets,
  };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What must be written of a turn's inputs, given those of the turn before; all where there is none. */
export function changesOf(now: TurnInputs, before: TurnInputs | null): object {
  const settings = settingNames.filter((name) => before === null || !isSame(now[name], before[name]));
  const lists = listNames.flatMap((name) => {
    const change = listChange(now[name], before?.[name] ?? [], keys[name] as (entry: unknown) => string);
    return change === null ? [] : [[name, change] as const];
  });
  return { ...Object.fromEntries(settings.map((name) => [name, now[name]])), ...Object.fromEntries(lists) };
}

function listChange(
  now: readonly unknown[],
  before: readonly unknown[],
  keyOf: (entry: unknown) => string,
): { readonly set: readonly unknown[]; readonly gone?: readonly string[] } | null {
  const known = new Map(before.map((entry) => [keyOf(entry), entry]));
  const set = now.filter((entry) => !isSame(entry, known.get(keyOf(entry))));
  const kept = new Set(now.map(keyOf));
  const gone = [...known.keys()].filter((key) => !kept.has(key));
  if (set.length === 0 && gone.length === 0) return null;
  return { set, ...(gone.length === 0 ? {} : { gone }) };
}

/**
 * The inputs of a turn by those of the turn before and what changed. Lists may be in another order than they were; no
 * decision hangs on it.
 *
 * @throws CorruptionError for a first turn that lacks a setting, naming `where` it stands.
 */
export function applyChanges(changes: Changes, before: TurnInputs | null, where: string): TurnInputs {
  const missing = settingNames.find((name) => changes[name] === undefined && before === null);
  if (missing !== undefined) throw new CorruptionError(`expected ${missing} at ${where}, the first turn of its file`);
  const settings = settingNames.map((name) => [name, changes[name] ?? before?.[name]]);
  const lists = listNames.map((name) => {
    const entries = before?.[name] ?? [];
    const change = changes[name];
    if (change === undefined) return [name, entries];
    const keyOf = keys[name] as (entry: unknown) => string;
    const all = new Map<string, unknown>(entries.map((entry) => [keyOf(entry), entry]));
    for (const key of change.gone ?? []) all.delete(key);
    for (const entry of change.set) all.set(keyOf(entry), entry);
    return [name, [...all.values()]];
  });
  return Object.fromEntries([...settings, ...lists]) as TurnInputs;
}
