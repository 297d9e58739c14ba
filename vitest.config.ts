import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const logic = ['tests/{architecture,unit}/**/*.test.ts', 'strategies/**/*.test.ts'];
/** Those that play the contract in this process, on the one machine that a process has. */
const contract = ['tests/{contract,model}/**/*.test.ts', 'tests/backtest/ground-truth.property.test.ts'];
/** Begins its own chains in this process, with a clock of their own. */
const alone = ['tests/devnet/history.property.test.ts'];
const wholeProcesses = ['tests/e2e/**/*.test.ts'];

/** What starts beside each other, in this order: a process goes on with the next file of its own project alone. */
const ORDER = ['alone', 'contract', 'parts', 'logic'];

/** Files that take longest, the longest first. */
const LONG = [
  'e2e/run',
  'e2e/demo',
  'e2e/wallet-commands',
  'e2e/refusals',
  'model/stateful.property',
  'model/stateful-newest-epoch.property',
  'conformance/ledger',
  'integration/launch',
  'devnet/restart',
].map((name) => `/tests/${name}.test.ts`);

/** None of the long ones is left for the end, when the other worker has nothing to do. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const project = (file: TestSpecification): number => ORDER.indexOf(file.project.name);
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.findIndex((name) => moduleId.endsWith(name));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => project(a) - project(b) || rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { alias: { 'wattmaker/strategy': new URL('./src/trading/strategy-api.ts', import.meta.url).pathname } },
  test: {
    pool: 'forks',
    // As src/launch/launch.mjs sets it for processes of the bot, and for the same reason.
    execArgv: ['--wasm-tiering-budget=400000000'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst, groupOrder: 0 },
    // Vitest leaves one core free, which of two is half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // One process for many files: none leaves anything behind, and loading the libraries anew for each, the contract's
    // machine above all, takes longer than most of the tests.
    isolate: false,
    projects: [
      { extends: true, test: { name: 'logic', include: logic } },
      { extends: true, test: { name: 'contract', include: contract } },
      { extends: true, test: { name: 'alone', include: alone, isolate: true } },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...logic, ...contract, ...alone, ...wholeProcesses],
        },
      },
      {
        // They need much of the machine: after the others, which would starve them, and two at a time.
        extends: true,
        test: { name: 'e2e', include: wholeProcesses, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
