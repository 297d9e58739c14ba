import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'wattmaker/strategy': new URL('./src/trading/strategy-api.ts', import.meta.url).pathname } },
  test: {
    include: ['tests/**/*.test.ts', 'strategies/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
