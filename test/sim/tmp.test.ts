import { test } from 'vitest'
import { dialRace, RACES } from './profiles/dial-race.ts'
test('x', () => {
  const counts = new Map<string, number>()
  const t = performance.now()
  let bad = 0
  const N = Number(process.env['N'] ?? 300)
  const kinds = new Map<string, {n: number, seeds: number[], ex: string}>()
  let steps = 0
  for (let seed = 1; seed <= N; seed++) {
    const r = dialRace(seed)
    steps += r.steps
    for (const race of r.races) counts.set(race, (counts.get(race) ?? 0) + 1)
    if (r.violations.length) { bad++
      for (const v of r.violations) { const k = v.replace(/at [\d.]+ ms/, '').replace(/[\w-]{15,}/g, 'ID').replace(/\d+/g, 'N'); const e = kinds.get(k) ?? {n: 0, seeds: [], ex: v}; e.n++; if (e.seeds.length < 5) e.seeds.push(seed); kinds.set(k, e) }
    }
  }
  console.log(counts, bad, steps, ((performance.now() - t) / 1000).toFixed(2))
  for (const [k, e] of kinds) console.log(e.n, e.seeds.join(','), k, '|', e.ex)
})
