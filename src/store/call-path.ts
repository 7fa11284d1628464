/**
 * The call path over any backend, which gives a directory to look things up in and a sink for rows.
 */
import { Failure } from '../base/index.ts'
import type { CdrWriter } from './cdr-writer.ts'
import type { CallStore, Routed, StoreOptions } from './contract.ts'
import type { Directory } from './directory.ts'
import { messageOf, storeFailure } from './failure.ts'

/** `directory` throws when the store is closed, or when its tables could never be read. */
export function createCallPath(directory: () => Directory, writer: CdrWriter, { node }: StoreOptions): CallStore {
  const nodeName = (): string => {
    if (node === undefined) throw storeFailure('no-node')
    return node
  }
  const look = <Found>(find: (directory: Directory) => Found): Found | undefined => {
    try {
      return find(directory())
    } catch {
      return undefined
    }
  }
  return {
    callStarted: (leg, done) => writer.started({ node: nodeName(), ...leg }, done),
    callAnswered: (leg, done) => writer.write({ node: nodeName(), ...leg }, done),
    // The monotonic clock has fractions.
    callEnded(leg, done) {
      const cdr = { node: nodeName(), ...leg }
      cdr.durationMs = Math.round(leg.durationMs)
      cdr.billedMs = Math.round(leg.billedMs)
      writer.ended(cdr, done)
    },
    routeNumber(number, done) {
      done(route(directory, number))
    },
    application: sid => look(found => found.application(sid)),
    trunk: name => look(found => found.trunk(name)),
    trunks: () => look(found => found.trunks) ?? [],
    user: (username, domain) => look(found => found.user(username, domain)),
  }
}

function route(directory: () => Directory, number: string): Routed {
  try {
    return { ok: true, route: directory().route(number) }
  } catch (error) {
    const code = error instanceof Failure && error.code === 'closed' ? 'closed' : 'unavailable'
    return { ok: false, code, message: messageOf(error) }
  }
}
