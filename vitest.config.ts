import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const logic = ['tests/{architecture,unit}/**/*.test.ts', 'strategies/**/*.test.ts'];

/** Files that take longest, the longest first. */
const LONG = [
  'e2e/demo',
  'e2e/refusals',
  'e2e/run',
  'model/stateful.property',
  'conformance/ledger',
  'integration/launch',
  'model/stateful-newest-epoch.property',
  'devnet/restart',
].map((name) => `/tests/${name}.test.ts`);

/** None of the long ones is left for the end, when the other worker has nothing to do. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.findIndex((name) => moduleId.endsWith(name));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { alias: { 'wattmaker/strategy': new URL('./src/trading/strategy-api.ts', import.meta.url).pathname } },
  test: {
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // One process for all of these files: none leaves anything behind, and loading the libraries anew for each takes
        // longer than most of the tests. Files that use the simnet stay out: its sessions share one memory.
        extends: true,
        test: { name: 'logic', include: logic, isolate: false, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'tests/e2e/**', ...logic],
          // Vitest leaves one core free, which of two is half.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Whole processes that need much of the machine: after the others, which would starve them, and two at a time.
        extends: true,
        test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
