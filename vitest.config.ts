import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const logic = ['tests/{architecture,unit}/**/*.test.ts', 'strategies/**/*.test.ts'];

export default defineConfig({
  resolve: { alias: { 'wattmaker/strategy': new URL('./src/trading/strategy-api.ts', import.meta.url).pathname } },
  test: {
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
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
        // Whole processes that mostly wait for blocks: after the others, which would starve them, and three at a time.
        extends: true,
        test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], maxWorkers: 3, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
