/** The simnet counts costs only at a third of its speed, so this chain reports none. */
const NO_COST = 0;

export const executionCost = {
  read_count: NO_COST,
  read_length: NO_COST,
  runtime: NO_COST,
  write_count: NO_COST,
  write_length: NO_COST,
} as const;

export const flatExecutionCost = {
  execution_cost_read_count: NO_COST,
  execution_cost_read_length: NO_COST,
  execution_cost_runtime: NO_COST,
  execution_cost_write_count: NO_COST,
  execution_cost_write_length: NO_COST,
} as const;
