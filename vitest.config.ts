import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/lessons/**', 'test/kind/**'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'kind',
          include: ['test/kind/**/*.test.ts'],
          // Real clusters: a bring-up takes half a minute, and a file makes one or two.
          testTimeout: 300_000,
          hookTimeout: 600_000,
          // Kubernetes on a busy machine is late now and then; a defect fails twice.
          retry: 1,
          fileParallelism: false,
        },
      },
      { test: { name: 'lessons', include: ['test/lessons/**/*.test.ts'], testTimeout: 120_000, retry: 1 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A browser on a busy machine is late now and then; a defect fails twice.
          retry: 1,
          fileParallelism: false,
        },
      },
    ],
  },
})
