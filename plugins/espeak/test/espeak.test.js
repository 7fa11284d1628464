// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { voiceNames } from '../src/language.js'
import { LineSplitter } from '../src/lines.js'
import { asWords, pieces } from '../src/pieces.js'
import { readRequest } from '../src/request.js'

test('a language is found by its tag, then by the tag shortened', () => {
  const listed = [
    ['gmw/en', 'en-gb'],
    ['gmw/en-US', 'en-us'],
    ['roa/fr', 'fr-fr'],
    ['sit/cmn', 'cmn'],
    ['sit/yue', 'yue'],
    ['sit/yue-Latn-jyutping', 'yue'],
    ['gmq/nb', 'nb'],
  ].map(([identifier, name]) => ({ identifier, languages: [{ name }] }))
  const nameOf = voiceNames(listed)
  const expected = {
    en: 'en-US',
    'en-GB': 'en',
    'en-AU': 'en-US',
    fr: 'fr',
    'fr-FR': 'fr',
    'fr-CA': 'fr',
    'zh-Hant-TW': 'cmn',
    'zh-HK': 'yue',
    'no-NO': 'nb',
    tlh: undefined,
    '': undefined,
  }
  for (const [tag, name] of Object.entries(expected)) assert.equal(nameOf(tag), name, tag)
})

test('text is cut at the ends of sentences and kept below 300 characters', () => {
  assert.deepEqual(pieces('One. "Two!" 3.5 is three.\nFour'), ['One.', '"Two!"', '3.5 is three.', 'Four'])
  assert.deepEqual(pieces('你好。再见！'), ['你好。', '再见！'])
  assert.deepEqual(pieces(' \n '), [])
  for (const text of ['word '.repeat(500).trim(), '😀'.repeat(700), `x${'😀'.repeat(700)}`]) {
    const parts = pieces(text)
    assert.ok(parts.every(part => part.length <= 300 && part.isWellFormed()))
    assert.equal(parts.join('').replaceAll(' ', ''), text.replaceAll(' ', ''))
  }
})

test('the engine is given words only', () => {
  assert.equal(asWords('a<b>&[[h]]\u0000c'), 'a&lt;b>&amp;[ [h]] c')
})

test('lines are put together from any portions, and one that is too long is dropped alone', () => {
  const heard = []
  const lines = new LineSplitter(5, { line: text => heard.push(text), tooLong: () => heard.push('too long') })
  for (const byte of Buffer.from('é\nabcdef\n\nok\nrest')) lines.push(Buffer.from([byte]))
  lines.push(Buffer.from('!\nx\n'))
  assert.deepEqual(heard, ['é', 'too long', '', 'ok', 'rest!', 'x'])
})

test('a request is read within its limits', () => {
  const line = fields => JSON.stringify({ id: 1, text: 'a', language: 'en', ...fields })
  assert.deepEqual(readRequest(line({ rate: 9 })), {
    kind: 'speak',
    id: 1,
    text: 'a',
    language: 'en',
    variant: '',
    wordsPerMinute: 450,
  })
  assert.equal(readRequest(line({ rate: 0.01 })).wordsPerMinute, 80)
  assert.equal(readRequest(line({ voice: 'f9' })).code, 'unknown-voice')
  assert.equal(readRequest(line({ text: 'x'.repeat(20_001) })).code, 'too-long')
  for (const bad of [{ id: 0 }, { id: 2 ** 32 }, { text: 1 }, { language: null }, { rate: '1' }])
    assert.equal(readRequest(line(bad)).code, 'bad-request')
  assert.deepEqual(readRequest('{"cancel": 7}'), { kind: 'cancel', id: 7 })
})
