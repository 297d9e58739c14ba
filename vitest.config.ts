import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'wattmaker/strategy': new URL('./src/trading/strategy-api.ts', import.meta.url).pathname } },
  test: {
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['tests/**/*.test.ts', 'strategies/**/*.test.ts'],
          exclude: ['tests/e2e/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole processes that wait for blocks: alone, so that they are not starved by the others.
        extends: true,
        test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
