import { describe, expect, test } from 'vitest'
import { DtmfSender } from '../../../../src/media/rtp/dtmf-sender.ts'

/** One character per packet time: the code, upper case when ended, `.` for nothing. */
function trace(sender: DtmfSender, packetTimes: number, ptimeMs = 20): string {
  return Array.from({ length: packetTimes }, () => {
    if (!sender.next(ptimeMs)) return '.'
    return `${sender.isFirst ? '^' : ''}${sender.code}${sender.hasEnded ? '!' : ''}`
  }).join(' ')
}

describe('sending digits', () => {
  test('a digit is a first packet, updates, and three ends', () => {
    const sender = new DtmfSender()
    sender.add('5', 100, 60)
    expect(trace(sender, 9)).toBe('^5 5 5 5 5! 5! 5! . .')
    expect(sender.isIdle).toBe(true)
  })

  test('the duration grows by a packet time and ends as asked', () => {
    const sender = new DtmfSender()
    sender.add('5', 90, 60)
    const durations = Array.from({ length: 7 }, () => (sender.next(20) ? sender.soundedMs : 0))
    expect(durations).toEqual([20, 40, 60, 80, 90, 90, 90])
  })

  test('digits follow each other after the gap, counted from the first end', () => {
    const sender = new DtmfSender()
    sender.add('12', 60, 100)
    expect(trace(sender, 14)).toBe('^1 1 1! 1! 1! . . ^2 2 2! 2! 2! . .')
  })

  test('a gap shorter than the repeated ends does not cut them', () => {
    const sender = new DtmfSender()
    sender.add('12', 40, 0)
    expect(trace(sender, 9)).toBe('^1 1! 1! 1! ^2 2! 2! 2! .')
  })

  test('other packet times', () => {
    const sender = new DtmfSender()
    sender.add('1', 100, 0)
    expect(trace(sender, 5, 60)).toBe('^1 1! 1! 1! .')
  })

  test('what was added later, at another speed, comes after', () => {
    const sender = new DtmfSender()
    sender.add('1', 40, 0)
    sender.add('2', 60, 0)
    expect(trace(sender, 9)).toBe('^1 1! 1! 1! ^2 2 2! 2! 2!')
  })

  test('letters in either case; no digits, and more than 256 waiting, are refused', () => {
    const sender = new DtmfSender()
    expect(sender.add('1w,aD*# é', 40, 0)).toBe(4)
    expect(trace(sender, 20)).toContain('^12 12! 12! 12! ^15')
    expect(sender.add('7'.repeat(300), 40, 0)).toBe(44)
  })

  test('durations out of reason are brought within 40 ms and one segment', () => {
    const sender = new DtmfSender()
    sender.add('1', 0, -5)
    expect(trace(sender, 5)).toBe('^1 1! 1! 1! .')
    sender.add('2', 60_000, 0)
    let longestMs = 0
    while (!sender.isIdle) if (sender.next(60)) longestMs = sender.soundedMs
    expect(longestMs).toBe(8000)
  })
})
