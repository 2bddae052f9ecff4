import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Imports such as `#tenancy` resolve to the TypeScript sources here, and to build/ when programs are bundled. The other
// conditions are the defaults of Vite for Node, which setting the list would drop.
const conditions = ['bulkhead-source', 'module', 'node', 'development|production'];

/**
 * Test files that take minutes, the longest first. Those that load the shared control plane most run next to others
 * that have their own control plane.
 */
const long = [
  'proof-mutations',
  'every-step',
  'loss',
  'faults',
  'mesh',
  'mesh-switch',
  'mesh-life',
  'chaos',
  'deletion-certificate',
  'shutdown',
  'isolation-checks',
  'mesh-routes-walls',
  'stuck-policies',
  'ownership',
  'history',
  'deletion',
  'operations',
  'killed-while-settling',
  'baseline-repair',
  'two-clusters',
  'postgres-restart',
  'cluster-capabilities',
  'tenant-life',
  'leases',
].map((name) => `/${name}.test.ts`);

/** Starts the longest test files first. Otherwise one of the workers would be idle for minutes at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = long.findIndex((end) => moduleId.endsWith(end));
      return index === -1 ? long.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    // Each live test file runs its own API and worker, and is idle for a quarter of its time.
    maxWorkers: 3,
    // Several times the usual duration: a busy machine must not fail the tests.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Loading the same modules anew for each file took half of the time. These tests leave nothing behind.
          isolate: false,
          include: ['{libs,apps,clients}/**/*.test.ts', 'test/{isolation,docs,observability,structure}/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{isolation,docs,observability,structure}/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
