import { expect, test } from 'vitest'
import { SWITCH, World } from './world/world.ts'

test('smoke', () => {
  const world = new World({ seed: 1, trace: true })
  world.net.tap((d, what) => {
    if (what === 'delivered' && d.bytes.length > 200)
      console.log(
        world.timeline.now.toFixed(0),
        d.from.address,
        '>',
        d.to.address,
        Buffer.from(d.bytes).toString('latin1').split('\r\n')[0],
      )
  })
  world.onObserved = o =>
    console.log(
      o.what.type === 'leg'
        ? `leg ${o.what.leg.info.direction} ${o.what.leg.info.state}`
        : `session ${JSON.stringify(o.what).slice(0, 300)}`,
    )
  const alice = world.phone('alice')
  const bob = world.phone('bob')
  bob.manners = { ringAfterMs: 100, answerAfterMs: 1000, talkFrames: 20, hangUpAfterMs: 2000 }
  world.serve(path =>
    path === '/call' ? [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: bob.uri }] }] : undefined,
  )
  const call = alice.call('1', SWITCH, { talkFrames: 20 })
  world.run(10_000)
  console.log(
    call.statuses,
    call.audio!.heard.length,
    bob.calls[0]!.audio!.heard.length,
    world.http.received.map(r => r.payload),
  )
  expect(call.ended).toBe(true)
})
