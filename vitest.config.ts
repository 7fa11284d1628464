import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], timeoutMs = 10_000) => ({
  test: { name, include, testTimeout: timeoutMs, hookTimeout: timeoutMs, retry: 0 },
})

export default defineConfig({
  test: {
    reporters: process.env['CI'] ? ['verbose'] : ['default'],
    projects: [
      project('rooms', ['test/rooms.test.ts']),
      project('unit', ['test/unit/**/*.test.ts']),
      project('contract', ['test/contract/**/*.test.ts']),
      project('sim', ['test/sim/**/*.test.ts'], 240_000),
      project('fuzz', ['test/fuzz/**/*.test.ts']),
      // Real sockets and real processes on loopback.
      project('interop', ['test/interop/**/*.test.ts'], 120_000),
    ],
  },
})
