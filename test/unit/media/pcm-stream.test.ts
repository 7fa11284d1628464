import { describe, expect, test } from 'vitest'
import { PcmStream } from '../../../src/media/index.ts'
import { seededRandom } from './seeded-random.ts'

const numbers = (from: number, count: number): Int16Array => Int16Array.from({ length: count }, (_, n) => from + n)

function read(stream: PcmStream, count: number): number[] {
  const pcm = new Int16Array(count)
  return [...pcm.subarray(0, stream.read(pcm, 0, count))]
}

describe('a PCM stream', () => {
  test('gives what was written, in order, to the other end of the memory', () => {
    const writer = PcmStream.allocate(16_000, 64)
    const reader = new PcmStream(writer.memory)
    expect(writer.write(numbers(1, 5))).toBe(5)
    expect([reader.sampleRateHz, reader.capacity, reader.available]).toEqual([16_000, 64, 5])
    expect(read(reader, 3)).toEqual([1, 2, 3])
    writer.write(numbers(6, 2))
    expect(read(reader, 4)).toEqual([4, 5, 6, 7])
  })

  test('takes no more than there is room for, up to the last sample', () => {
    const stream = PcmStream.allocate(8000, 8)
    expect(stream.write(numbers(1, 6))).toBe(6)
    expect(stream.write(numbers(7, 6))).toBe(2)
    expect(stream.write(numbers(9, 1))).toBe(0)
    expect(read(stream, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(stream.write(numbers(9, 6))).toBe(6)
  })

  test('reads into the place asked for and touches nothing else', () => {
    const stream = PcmStream.allocate(8000, 8)
    stream.write(numbers(1, 2))
    const pcm = new Int16Array(6).fill(-1)
    stream.read(pcm, 2, 4)
    expect([...pcm]).toEqual([-1, -1, 1, 2, -1, -1])
  })

  test('counts the samples that were not there in time', () => {
    const stream = PcmStream.allocate(8000, 256)
    stream.write(numbers(1, 100))
    read(stream, 160)
    read(stream, 160)
    expect(stream.underrunSamples).toBe(60 + 160)
  })

  test('is finished once the writer has ended and the last sample is read; the rest is no underrun', () => {
    const stream = PcmStream.allocate(8000, 256)
    stream.write(numbers(1, 100))
    stream.end()
    stream.end()
    expect(stream.finished).toBe(false)
    expect(read(stream, 160)).toHaveLength(100)
    expect(stream.finished).toBe(true)
    expect(read(stream, 160)).toEqual([])
    expect(stream.underrunSamples).toBe(0)
  })

  test('goes round many times with pieces of any size', () => {
    const stream = PcmStream.allocate(8000, 128)
    const random = seededRandom(3)
    const received: number[] = []
    let written = 0
    while (written < 30_000) {
      written += stream.write(numbers(written, random.u32() % 100))
      received.push(...read(stream, random.u32() % 100))
    }
    received.push(...read(stream, 128))
    expect(received).toEqual(Array.from({ length: written }, (_, n) => n))
  })

  test('counts past 2^32 samples', () => {
    const stream = PcmStream.allocate(8000, 8)
    const words = new Int32Array(stream.memory, 0, 2)
    words.fill(-3)
    stream.write(numbers(1, 6))
    expect(stream.available).toBe(6)
    expect(stream.write(numbers(7, 6))).toBe(2)
    expect(read(stream, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('has a capacity that is a power of two', () => {
    for (const capacity of [0, 3, 100, -8]) expect(() => PcmStream.allocate(8000, capacity)).toThrow('power of two')
  })
})
