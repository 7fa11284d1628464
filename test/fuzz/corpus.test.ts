import { describe, expect, test } from 'vitest'
import { readCorpus } from './corpus.ts'
import { targets } from './targets.ts'
import { outcome } from './trial.ts'

for (const target of targets) {
  describe(target.name, () => {
    const inputs = [
      ...target.seeds().map((bytes, index) => ({ file: `seed ${index}`, bytes })),
      ...readCorpus(target.name),
    ]
    test.each(inputs)('$file', ({ bytes }) => {
      expect(outcome(target, bytes)).toMatchObject({ ok: true })
    })
  })
}
