// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * BCP 47 tags to the names by which eSpeak NG finds its voices: the file names, because of `en-gb` and `fr-fr`, which it
 * lists as languages, it knows nothing.
 */

/** Where eSpeak's own reading of a tag is not what the tag usually means; languages on the right as it lists them. */
const PREFERRED = new Map([
  ['en', 'en-us'],
  ['zh', 'cmn'],
  ['zh-hk', 'yue'],
  ['zh-mo', 'yue'],
  ['no', 'nb'],
  ['es-us', 'es-419'],
  ['es-mx', 'es-419'],
  ['arb', 'ar'],
])

/**
 * @param {{identifier: string, languages: {name: string}[]}[]} voices as the engine lists them
 * @returns {(tag: string) => string | undefined} undefined: nothing speaks it
 */
export function voiceNames(voices) {
  const names = new Map()
  const add = (key, name) => {
    if (key && !names.has(key.toLowerCase())) names.set(key.toLowerCase(), name)
  }
  const files = voices.map(({ identifier, languages }) => ({ file: identifier.split('/').at(-1), languages }))
  for (const { file, languages } of files) add(languages[0]?.name, file)
  for (const { file } of files) add(file, file)
  return tag => {
    const subtags = tag.toLowerCase().replaceAll('_', '-').split('-')
    for (let length = subtags.length; length > 0; length--) {
      const range = subtags.slice(0, length).join('-')
      const name = names.get(PREFERRED.get(range) ?? range)
      if (name !== undefined) return name
    }
    return undefined
  }
}
