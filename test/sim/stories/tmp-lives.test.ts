import { expect, test } from 'vitest'
import { live } from './life.ts'
test('many', () => {
  const from = Number(process.env['FROM'])
  const kinds = new Map<string, string>()
  for (let seed = from; seed < from + Number(process.env['SEEDS']); seed++) {
    let violations: readonly string[]
    try { violations = live(seed).violations } catch (error) { violations = [`thrown: ${(error as Error).stack?.split('\n').slice(0, 6).join(' | ')}`] }
    for (const v of violations) { const k = v.replace(/at [\d.]+ ms/, '').replace(/[\w-]{11,}(@[\d.]+)?/g, 'ID').replace(/\d+/g, 'N'); kinds.set(k, `${kinds.get(k) ?? ''} ${seed}`.slice(0, 60)) ; if (!kinds.has(k + '!')) kinds.set(k + '!', v) }
  }
  console.log([...kinds])
  expect(kinds.size).toBe(0)
}, 1e7)
