import { expect, test } from 'vitest'
import { live } from './life.ts'

const FROM = Number(process.env['FROM'] ?? 1)
const SEEDS = Number(process.env['SEEDS'] ?? 300)

test('K01 K07 lives', () => {
  const kinds = new Map<string, { n: number; seeds: number[]; example: string }>()
  const events: Record<string, number> = {}
  for (let seed = FROM; seed < FROM + SEEDS; seed++) {
    let life: ReturnType<typeof live>
    try {
      if (process.env['V']) process.stderr.write(`${seed} `)
      life = live(seed)
    } catch (error) {
      life = {
        seed,
        violations: [`thrown: ${(error as Error).stack?.split('\n').slice(0, 6).join(' | ')}`],
        events: {},
      }
    }
    for (const [name, count] of Object.entries(life.events)) events[name] = (events[name] ?? 0) + count
    for (const violation of life.violations) {
      const kind = violation
        .replace(/at [\d.]+ ms/, '')
        .replace(/[\w-]{11,}(@[\d.]+)?/g, 'ID')
        .replace(/\d+/g, 'N')
      const entry = kinds.get(kind) ?? { n: 0, seeds: [], example: violation }
      entry.n++
      if (entry.seeds.length < 6 && !entry.seeds.includes(seed)) entry.seeds.push(seed)
      kinds.set(kind, entry)
    }
  }
  console.log(events)
  for (const [kind, { n, seeds, example }] of kinds) console.log(n, seeds.join(','), kind, '|', example)
  expect(kinds.size).toBe(0)
}, 1_000_000)
