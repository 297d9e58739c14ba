import type { Parameters } from 'fast-check';

/** How many times its usual runs each property is tried: `npm run test:fuzz` tries more than `npm test`. */
export const FUZZ_TIMES = Number(process.env.FUZZ_TIMES ?? 1);

interface FuzzOptions {
  readonly runs: number;
  /** @default 50 */
  readonly seconds?: number;
}

/**
 * The run parameters of a property test: as many runs as it asks for from a fresh seed, which is printed. FUZZ_SEED and
 * FUZZ_PATH repeat a failure (fast-check names both), FUZZ_TIMES makes so many times the runs, FUZZ_RUNS exactly so many,
 * FUZZ_SHRINK=no stops at the first failure. Unless FUZZ_RUNS is set, it stops after `seconds` (as many times), so that the
 * search for a smaller failure ends too.
 */
export function fuzzParameters(name: string, options: FuzzOptions): Parameters<unknown> {
  const { FUZZ_SEED, FUZZ_PATH, FUZZ_RUNS, FUZZ_SHRINK } = process.env;
  const seed = FUZZ_SEED === undefined ? Date.now() | 0 : Number(FUZZ_SEED);
  const numRuns = FUZZ_RUNS === undefined ? options.runs * FUZZ_TIMES : Number(FUZZ_RUNS);
  console.log(
    `${name}: FUZZ_SEED=${seed} FUZZ_RUNS=${numRuns}${FUZZ_PATH === undefined ? '' : ` FUZZ_PATH=${FUZZ_PATH}`}`,
  );
  return {
    seed,
    numRuns,
    ...(FUZZ_RUNS === undefined ? { interruptAfterTimeLimit: (options.seconds ?? 50) * 1_000 * FUZZ_TIMES } : {}),
    ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH }),
    ...(FUZZ_SHRINK === 'no' ? { endOnFailure: true } : {}),
  };
}

/** The time limit of a property test in milliseconds: none when FUZZ_RUNS asks for a long run. */
export const FUZZ_TIMEOUT = process.env.FUZZ_RUNS === undefined ? 60_000 * FUZZ_TIMES : 0;
