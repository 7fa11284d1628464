/**
 * The coded errors of the room.
 */
import { Failure } from '../base/index.ts'

const MESSAGES = {
  'bad-number-pattern': 'A pattern has 1-64 characters and no spaces.',
  'unknown-reference': 'The record names another that does not exist.',
  'in-use': 'Another record names this one.',
  'bad-cursor': 'The cursor is not one that a page of this list gave.',
  'no-node': 'The store was opened without a node name: it takes no calls.',
  unavailable: 'The store cannot be read or written now.',
  unreadable: 'The database cannot be opened.',
  'schema-too-new': 'The database was made by a later version.',
  closed: 'The store is closed.',
} as const

export type StoreFailureCode = keyof typeof MESSAGES

export function storeFailure(code: StoreFailureCode, cause?: unknown): Failure {
  return new Failure(code, MESSAGES[code], cause === undefined ? {} : { cause })
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
