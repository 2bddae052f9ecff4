import { defineConfig } from 'vitest/config';

// Imports such as `#tenancy` lead to the TypeScript sources here, and to dist/ in a running program. The others are
// the defaults of Vite for Node, which setting the list would drop.
const conditions = ['bulkhead-source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    // Each live test file runs an API and a worker of its own.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{libs,apps}/**/*.test.ts', 'test/{isolation,docs,observability}/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{isolation,docs,observability}/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
