/**
 * The look-ups of the call path over one reading of the small tables: nothing here waits.
 */
import type { Route } from './contract.ts'
import { storeFailure } from './failure.ts'
import type { ApplicationRecord, NumberRecord, TrunkRecord, UserRecord } from './records.ts'

export interface DirectoryTables {
  readonly applications: Iterable<ApplicationRecord>
  readonly numbers: Iterable<NumberRecord>
  readonly trunks: Iterable<TrunkRecord>
  readonly users: Iterable<UserRecord>
}

export interface Directory {
  application(sid: string): ApplicationRecord | undefined
  route(number: string): Route | undefined
  trunk(name: string): TrunkRecord | undefined
  readonly trunks: readonly TrunkRecord[]
  user(username: string, domain: string): UserRecord | undefined
}

export function createDirectory(tables: DirectoryTables): Directory {
  const applications = new Map(Array.from(tables.applications, row => [row.sid, row]))
  const numbers = new Map(Array.from(tables.numbers, row => [row.pattern, row]))
  const trunks = new Map(Array.from(tables.trunks, row => [row.name, row]))
  const users = new Map(Array.from(tables.users, row => [userKey(row.username, row.domain), row]))
  return {
    application: sid => applications.get(sid),
    route(number) {
      const match = matchNumber(numbers, number)
      const application = match && applications.get(match.applicationSid)
      return application && { number: match, application }
    },
    trunk: name => trunks.get(name),
    trunks: [...trunks.values()].sort((a, b) => a.priority - b.priority || compare(a.name, b.name)),
    user: (username, domain) => users.get(userKey(username, domain)),
  }
}

/** Neither part has a line feed. */
export const userKey = (username: string, domain: string): string => `${username}\n${domain.toLowerCase()}`

/** By code unit: the order does not depend on a locale. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const MAX_PATTERN = 64

/** Throws the failure `bad-number-pattern`. A star elsewhere than at the end is a key that people dial. */
export function checkNumber(number: NumberRecord): NumberRecord {
  if (number.pattern.length > MAX_PATTERN || !/^\S+$/.test(number.pattern)) throw storeFailure('bad-number-pattern')
  return number
}

export const withNormalDomain = (user: UserRecord): UserRecord => ({ ...user, domain: user.domain.toLowerCase() })

function matchNumber(numbers: ReadonlyMap<string, NumberRecord>, number: string): NumberRecord | undefined {
  const exact = number.endsWith('*') ? undefined : numbers.get(number)
  if (exact) return exact
  for (let length = Math.min(number.length, MAX_PATTERN); length >= 0; length--) {
    const match = numbers.get(`${number.slice(0, length)}*`)
    if (match) return match
  }
  return undefined
}
