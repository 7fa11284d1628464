import { expect, it } from 'vitest'
import { readArguments } from '../../../src/cli/arguments.ts'

it.each([
  [[], undefined],
  [['start'], undefined],
  [['start', '--config', 'a.yaml'], 'a.yaml'],
  [['-c', 'a.yaml', 'start'], 'a.yaml'],
  [['--config=a.yaml'], 'a.yaml'],
])('%j starts the switch', (given, configFile) => {
  expect(readArguments(given, '1.2.3')).toEqual({ command: 'start', configFile })
})

it('tells its version, and how it is used', () => {
  expect(readArguments(['--version'], '1.2.3')).toEqual({ command: 'print', text: '1.2.3\n' })
  expect(readArguments(['start', '-h'], '1.2.3')).toEqual({
    command: 'print',
    text: expect.stringMatching(/^Usage: cordboard \[start\]/),
  })
})

it.each([
  [['stop'], 'There is no command stop; try --help.'],
  [['start', 'now'], 'There is no command now; try --help.'],
  [['--confg', 'x'], "Unknown option '--confg'"],
  [['--config'], 'argument missing'],
])('%j is refused', (given, message) => {
  expect(readArguments(given, '1.2.3')).toEqual({ command: 'refuse', message: expect.stringContaining(message) })
})
