import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSsml, readSsml, SSML_LIMIT_CHARACTERS } from '../../../src/speech/index.ts'

/** Fragments in one line: `words@rate`, `500 ms`; or the fault. */
function read(document: string): string {
  const result = readSsml(document)
  if (!result.ok) return `${result.offset}: ${result.message}`
  return result.fragments
    .map(fragment => (fragment.kind === 'text' ? `${fragment.text}@${fragment.rate}` : `${fragment.durationMs} ms`))
    .join(' | ')
}

const within = (content: string): string => read(`<speak>${content}</speak>`)

describe('SSML that is understood', () => {
  it.each([
    ['plain words, white space as one', 'Good\n  morning ', 'Good morning@1'],
    ['nothing', ' ', ''],
    ['a break by time', 'a<break time="500ms"/>b', 'a@1 | 500 ms | b@1'],
    ['a break in seconds, written long', 'a<break time=" 1.5s"></break>b', 'a@1 | 1500 ms | b@1'],
    ['a break by strength', '<break strength="x-strong"/>', '1250 ms'],
    ['a break of no time parts the words only', 'a<break strength="none"/>b', 'a@1 | b@1'],
    ['a break alone', 'a<break/>', 'a@1 | 750 ms'],
    ['time wins over strength', '<break time="1s" strength="weak"/>', '1000 ms'],
    ['a rate by label', 'a <prosody rate="slow">b</prosody> c', 'a@1 | b@0.75 | c@1'],
    ['a rate within a rate', '<prosody rate="50%">a<prosody rate="50%">b</prosody></prosody>', 'a@0.5 | b@0.25'],
    ['a change of rate', '<prosody rate="+50%">a</prosody><prosody rate="-50%">b</prosody>', 'a@1.5 | b@0.5'],
    ['a rate beyond the bounds', '<prosody rate="9">a</prosody><prosody rate="0">b</prosody>', 'a@5 | b@0.2'],
    ['prosody without a rate', '<prosody pitch="high">a</prosody>', 'a@1'],
    ['digits', 'Code <say-as interpret-as="digits">42-7</say-as>.', 'Code 4 2 - 7 .@1'],
    ['digits of another script', '<say-as interpret-as="digits">٤٢</say-as>', '٤ ٢@1'],
    ['characters with their marks', '<say-as interpret-as="characters">Ae\u0301😀</say-as>', 'A e\u0301 😀@1'],
    ['say-as of another kind', '<say-as interpret-as="date">1 May</say-as>', '1 May@1'],
    ['unknown elements keep their text', 'a<emphasis level="strong">b<x:y/></emphasis>c', 'abc@1'],
    ['sentences do not run into each other', '<s>a.</s><s>b.</s>', 'a. b.@1'],
    ['entities', '&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;', '<&>"\'A😀@1'],
    ['an entity decoded once', '&amp;lt;', '&lt;@1'],
    ['CDATA and comments', '<![CDATA[a<b&c]]><!-- <break/> -->', 'a<b&c@1'],
  ])('%s', (_story, content, expected) => {
    expect(within(content)).toBe(expected)
  })

  it('a declaration, comments around and attributes of the root', () => {
    const head = '<?xml version="1.0"?> <!-- hello -->\n<speak version="1.1" xml:lang=\'en\' >'
    expect(read(`${head}a</speak>\n`)).toBe('a@1')
  })
})

describe('SSML with a fault', () => {
  it.each([
    ['nothing at all', '', '0: There is no <speak>.'],
    ['words alone', ' Hello', '0: Text must stand within <speak>.'],
    ['another root', '<p>a</p>', '0: <p> must stand within a single <speak>.'],
    ['a second root', '<speak/><speak/>', '8: <speak> must stand within a single <speak>.'],
    ['an element left open', '<speak><p>a', '11: <p> is never closed.'],
    ['elements that cross', '<speak><p><s></p></s></speak>', '13: </p> closes <s>.'],
    ['an end of nothing', '<speak></speak></p>', '15: </p> closes nothing that is open.'],
    ['a bare "<"', '<speak>1 < 2</speak>', '9: A "<" must be written as &lt; in text.'],
    ['a bare "&"', '<speak>AT&T</speak>', '9: An "&" must begin a known entity; alone it is written as &amp;.'],
    [
      'an entity of HTML',
      '<speak>a&nbsp;</speak>',
      '8: An "&" must begin a known entity; alone it is written as &amp;.',
    ],
    [
      'a character that XML has not',
      '<speak>&#0;</speak>',
      '7: An "&" must begin a known entity; alone it is written as &amp;.',
    ],
    [
      'an entity in an attribute',
      '<speak a="&x;"/>',
      '10: An "&" must begin a known entity; alone it is written as &amp;.',
    ],
    [
      'an attribute without quotes',
      '<speak><break time=1s/></speak>',
      '13: The tag <break> is malformed or does not end.',
    ],
    ['an attribute twice', '<speak a="1" a="2"/>', '12: <speak> has the attribute a twice.'],
    ['a tag that does not end', '<speak', '6: The tag <speak> is malformed or does not end.'],
    ['an end tag that does not end', '<speak></speak', '7: An end tag is malformed.'],
    ['a comment that does not end', '<speak><!-- ', '7: The end --> is missing.'],
    ['a document type', '<!DOCTYPE speak><speak/>', '0: Declarations such as <!DOCTYPE> are not allowed.'],
    [
      'a break that is no time',
      '<speak><break time="soon"/></speak>',
      '7: <break> has a time or strength that cannot be understood.',
    ],
    [
      'a break of an hour',
      '<speak><break time="3600s"/></speak>',
      '7: <break> has a time or strength that cannot be understood.',
    ],
    [
      'a rate that is none',
      '<speak><prosody rate="+2">a</prosody></speak>',
      '7: <prosody> has a rate that cannot be understood.',
    ],
    ['33 levels', '<speak>'.padEnd(7 + 33 * 3, '<p>'), '100: Elements are nested deeper than 32 levels.'],
    ['a document too long', 'x'.repeat(20_001), '20000: The document has more than 20000 characters.'],
  ])('%s', (_story, document, expected) => {
    expect(read(document)).toBe(expected)
  })
})

describe('any text', () => {
  const PIECES = [
    '<',
    '>',
    '/',
    '&',
    ';',
    '"',
    "'",
    '=',
    ' ',
    '<speak>',
    '</speak>',
    '<break ',
    '<!--',
    '-->',
    ']]>',
    'a',
    '&#',
  ]

  it('is read or has a fault within it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string()), { maxLength: 60 }), pieces => {
        const document = pieces.join('')
        const result = readSsml(document)
        if (!result.ok) expect(result.offset).toBeLessThanOrEqual(document.length)
      }),
    )
  })

  it('written with entities is read as it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), text => {
        const spoken = text.replace(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, ' ').trim()
        const escaped = spoken.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
        expect(within(escaped)).toBe(spoken && `${spoken}@1`)
      }),
    )
  })

  it.each(['<', '<!--', '&', '<a ', '<speak a="', ' '])(
    'of %j over and over takes no longer than it is long',
    piece => {
      readSsml(`<speak>${piece.repeat(SSML_LIMIT_CHARACTERS)}`.slice(0, SSML_LIMIT_CHARACTERS))
    },
  )
})

it.each([
  ['<speak>a</speak>', true],
  ['  <?xml version="1.0"?><speak/>', true],
  ['<speaker>', false],
  ['1 < 2', false],
])('%j is SSML: %s', (text, expected) => {
  expect(isSsml(text)).toBe(expected)
})
