import { COST_DIMENSIONS, type Cost, type CostDimension } from '../support/simnet.ts';
import { BATCH_KINDS, BATCH_SIZES, type BatchCost, type BatchKind, PARTIES } from './batches.ts';
import { BLOCK_BYTES, blockLimits, callReadBudget, perEntry, sharesOf, wholeCalls } from './limits.ts';
import { table, whole } from './markdown.ts';
import type { EpochCosts } from './measure.ts';

const FULL = 100;
const names: Readonly<Record<CostDimension, string>> = {
  readCount: 'reads',
  readLength: 'bytes read',
  writeCount: 'writes',
  writeLength: 'bytes written',
  runtime: 'runtime',
};
const plural: Readonly<Record<BatchKind, string>> = { buy: 'buys', list: 'listings', cancel: 'cancels' };
const dimensions = COST_DIMENSIONS.map((dimension) => names[dimension]);
const figures = (cost: Cost): string[] => COST_DIMENSIONS.map((dimension) => whole(cost[dimension]));

/** The page docs/costs.md. @param deployBytes Of the contract's signed deploy. */
export function renderCosts(epochs: readonly EpochCosts[], deployBytes: number): string {
  return [
    '# What calls cost',
    'Measured and written by `npm run generate`; `npm test` measures again and fails where this page differs.',
    '## What it means for an operator',
    summary(epochs),
    [
      '- A node takes a transaction from 1 µSTX a byte: **bytes are the lowest fee in µSTX**.',
      '- A block is full where the first of its limits is. It is shared with everybody else, so these are upper bounds.',
      '- Since Nakamoto the limit is that of a tenure, from one Bitcoin block that elects a miner to the next, or to an',
      '  extension that renews it. By default a miner gives one block a quarter of what is left of it',
      '  (`tenure_cost_limit_per_block_percentage`); the rest goes to the blocks that follow seconds later.',
      `- Deploying the contract takes ${whole(deployBytes)} bytes.`,
    ].join('\n'),
    '## How it is measured',
    scene,
    limits(),
    `${epochs.flatMap(renderEpoch).join('\n\n')}\n`,
  ].join('\n\n');
}

const scene = [
  "On the simnet, which runs the node's own virtual machine, with its costs counted; sizes are those of signed",
  'transactions with one key. Meters are required; every prosumer has a meter, energy, funds and a delegation; offers from',
  'batches carry a height. Everything succeeds: an entry that fails leaves its writes out.',
  '',
  '- *many*: another prosumer in each entry, for whom its operator acts. *one*: the same prosumer in each entry, through its',
  '  operator. *itself*: the same prosumer, who signs. Buyer and seller always differ.',
  '- *contracts*: as *many*, but prosumers and meters are contracts with names of 40 characters, the longest that a node',
  '  admits; otherwise all are standard principals.',
  '- Shares, fees and figures of one entry more are rounded up, trades in a block down to full batches of 100.',
  "- Each call pays for loading the contract's source: most of the bytes read by a short one.",
].join('\n');

function limits(): string {
  const head = ['a block may cost', ...dimensions, 'transaction bytes'];
  const row = ([epoch, limit]: [string, Cost]) => [`epoch ${epoch}`, ...figures(limit), whole(BLOCK_BYTES)];
  return [
    table(head, Object.entries(blockLimits).map(row)),
    '',
    'Source: stacks-core, `BLOCK_LIMIT_MAINNET_21`, `BLOCK_LIMIT_MAINNET_40`, `MAX_EPOCH_SIZE`. The SDK reports the first for',
    'both epochs.',
  ].join('\n');
}

function summary(epochs: readonly EpochCosts[]): string {
  const [first] = epochs as readonly [EpochCosts];
  const each = (cell: (kind: BatchKind) => string): string[] => BATCH_KINDS.map(cell);
  const bytes = (kind: BatchKind, entries: number) => batchOf(first, kind, entries).bytes;
  const ofEpoch = (costs: EpochCosts): string[][] => {
    const limit = blockLimits[costs.epoch];
    const full = (kind: BatchKind) => batchOf(costs, kind, FULL);
    return [
      [`of a block, a batch of ${FULL} in epoch ${costs.epoch}`, ...each((kind) => shareOf(full(kind).cost, limit))],
      [`**trades in one block, epoch ${costs.epoch}**`, ...each((kind) => `**${whole(tradesIn(full(kind), limit))}**`)],
      ['trades in a quarter of its limit', ...each((kind) => whole(tradesIn(full(kind), limit, 4)))],
    ];
  };
  return table(
    ['', ...BATCH_KINDS.map((kind) => plural[kind])],
    [
      ['bytes of one entry more', ...each((kind) => whole(perEntry(bytes(kind, FULL), bytes(kind, 50), 50)))],
      ['bytes of a batch of 1', ...each((kind) => whole(bytes(kind, 1)))],
      [`bytes of a batch of ${FULL}`, ...each((kind) => whole(bytes(kind, FULL)))],
      ['lowest fee of a trade in it, µSTX', ...each((kind) => whole(Math.ceil(bytes(kind, FULL) / FULL)))],
      ...epochs.flatMap(ofEpoch),
    ],
  );
}

function renderEpoch(costs: EpochCosts): string[] {
  const limit = blockLimits[costs.epoch];
  return [
    `## Epoch ${costs.epoch}`,
    '### Trades in one block',
    capacity(costs, limit),
    '### Batches',
    batches(costs, limit),
    '### One entry more',
    marginal(costs),
    '### Every other function',
    table(
      ['function', 'bytes', ...dimensions, 'of a block'],
      costs.functions.map(({ name, bytes, cost }) => [
        `\`${name}\``,
        whole(bytes),
        ...figures(cost),
        shareOf(cost, limit),
      ]),
    ),
    '### Reads',
    reads(costs),
  ];
}

/** How many trades fit by each limit alone, in full batches of standard principals. */
function capacity(costs: EpochCosts, limit: Cost): string {
  return table(
    ['', ...dimensions.map((name) => `by ${name}`), 'by transaction bytes', 'so a block holds'],
    BATCH_KINDS.map((kind) => {
      const full = batchOf(costs, kind, FULL);
      return [
        plural[kind],
        ...COST_DIMENSIONS.map((dimension) => whole(FULL * wholeCalls(full.cost[dimension], limit[dimension]))),
        whole(FULL * wholeCalls(full.bytes, BLOCK_BYTES)),
        whole(tradesIn(full, limit)),
      ];
    }),
  );
}

function batches(costs: EpochCosts, limit: Cost): string {
  const row = (who: string, { kind, entries, bytes, cost }: BatchCost) => [
    kind,
    who,
    whole(entries),
    whole(bytes),
    ...figures(cost),
    shareOf(cost, limit),
  ];
  const rows = BATCH_KINDS.flatMap((kind) => [
    ...BATCH_SIZES.flatMap((entries) => alike(costs, kind, entries).map(([who, batch]) => row(who, batch))),
    ...costs.heaviest.filter((batch) => batch.kind === kind).map((batch) => row('contracts', batch)),
  ]);
  return table(['', 'for', 'entries', 'bytes', ...dimensions, 'of a block'], rows, 2);
}

/** The batches of one kind and length by party, those that cost the same to the unit together. */
function alike(costs: EpochCosts, kind: BatchKind, entries: number): [who: string, batch: BatchCost][] {
  const groups = new Map<string, [string, BatchCost]>();
  for (const party of PARTIES) {
    const batch = batchOf(costs, kind, entries, party);
    const key = JSON.stringify([batch.bytes, batch.cost]);
    groups.set(key, [[groups.get(key)?.[0] ?? [], party].flat().join(', '), batch]);
  }
  return [...groups.values()];
}

function marginal(costs: EpochCosts): string {
  const rows = BATCH_KINDS.flatMap((kind) =>
    (['many', 'itself'] as const).map((party) => {
      const [larger, smaller] = [batchOf(costs, kind, FULL, party), batchOf(costs, kind, 50, party)];
      const more = (of: (batch: BatchCost) => number) => whole(perEntry(of(larger), of(smaller), 50));
      const cost = COST_DIMENSIONS.map((dimension) => more((batch) => batch.cost[dimension]));
      return [kind, party, more(({ bytes }) => bytes), ...cost];
    }),
  );
  return table(['', 'for', 'bytes', ...dimensions], rows, 2);
}

function reads({ reads: all }: EpochCosts): string {
  const read: readonly CostDimension[] = ['readCount', 'readLength', 'runtime'];
  const budget = read.map((dimension) => whole(callReadBudget[dimension]));
  return table(
    ['function', 'entries', ...read.map((dimension) => names[dimension])],
    [
      ...all.map(({ name, entries, cost }) => [
        `\`${name}\``,
        entries === null ? '' : whole(entries),
        ...read.map((dimension) => whole(cost[dimension])),
      ]),
      ['*what a node gives a call*', '', ...budget],
    ],
  );
}

/** Trades in as many full batches as fit into a part of a block, rounded down. */
function tradesIn({ bytes, cost }: BatchCost, limit: Cost, parts = 1): number {
  const calls = COST_DIMENSIONS.map((dimension) => wholeCalls(cost[dimension], limit[dimension] / parts));
  return FULL * Math.min(...calls, wholeCalls(bytes, BLOCK_BYTES));
}

/** The largest part of a block's limit, and of which. */
function shareOf(cost: Cost, limit: Cost): string {
  const [{ dimension, percent }] = sharesOf(cost, limit);
  return `${percent.toFixed(2)} % (${names[dimension]})`;
}

/** @throws Error where it was not measured. */
function batchOf(
  { batches: measured }: EpochCosts,
  kind: BatchKind,
  entries: number,
  party: BatchCost['party'] = 'many',
): BatchCost {
  const found = measured.find((row) => row.kind === kind && row.party === party && row.entries === entries);
  if (found === undefined) throw new Error(`expected a measured batch, was ${kind} × ${entries} for ${party}`);
  return found;
}
