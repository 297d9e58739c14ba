import { COST_DIMENSIONS, type Cost, type CostDimension, type Epoch, type MeasuredCost } from '../support/simnet.ts';

const before40: Cost = {
  readCount: 15_000,
  readLength: 100_000_000,
  writeCount: 15_000,
  writeLength: 15_000_000,
  runtime: 5_000_000_000,
};

/** What one block may cost on mainnet. Source: stacks-core, `BLOCK_LIMIT_MAINNET_21` and `BLOCK_LIMIT_MAINNET_40`. */
export const blockLimits: Readonly<Record<Epoch, Cost>> = {
  '3.3': before40,
  '4.0': { ...before40, readCount: 30_000, readLength: 200_000_000 },
};

/** Bytes of all transactions of one block. Source: stacks-core, `MAX_EPOCH_SIZE`. */
export const BLOCK_BYTES = 2 * 1024 * 1024;

/** What a node by default gives one read-only call. Source: stacks-core, `net/connection.rs`. */
export const callReadBudget: Cost = {
  readCount: 100,
  readLength: 200_000,
  writeCount: 0,
  writeLength: 0,
  runtime: 1_000_000_000,
};

/**
 * The cost itself.
 *
 * @throws Error for a grid that counts no costs, and for an SDK that reports another limit than the one known here: it
 * reports that of epoch 3.3 in every epoch.
 */
export function totalOf(measured: MeasuredCost | null): Cost {
  if (measured === null) throw new Error('expected a grid that counts costs: open it with { costs: true }');
  const other = COST_DIMENSIONS.find((dimension) => measured.limit[dimension] !== before40[dimension]);
  if (other !== undefined) {
    throw new Error(
      `expected the SDK to report a ${other} of ${before40[other]} for a block, was ${measured.limit[other]}: ` +
        'compare blockLimits in tests/costs/limits.ts with stacks-core',
    );
  }
  return measured.total;
}

/** The part of a limit in hundredths of a per cent, rounded up. */
const basisPoints = (cost: number, limit: number): number => Math.ceil((cost * 10_000) / limit);

export interface Share {
  readonly dimension: CostDimension;
  /** Of the limit in per cent, rounded up to hundredths. */
  readonly percent: number;
}

/** The parts of a block's limit that a cost takes, the largest first; of equal ones, in the order of the dimensions. */
export function sharesOf(cost: Cost, limit: Cost): readonly [Share, ...Share[]] {
  const shares = COST_DIMENSIONS.map((dimension) => ({
    dimension,
    percent: basisPoints(cost[dimension], limit[dimension]) / 100,
  }));
  return shares.sort((a, b) => b.percent - a.percent) as [Share, ...Share[]];
}

/** How many whole calls of one cost fit into a limit; rounded down. */
export const wholeCalls = (cost: number, limit: number): number => Math.floor(limit / cost);

/** What one entry more costs, from two batches of different length; rounded up. */
export const perEntry = (larger: number, smaller: number, entries: number): number =>
  Math.ceil((larger - smaller) / entries);
