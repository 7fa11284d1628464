/**
 * Whom a dial calls: phone, sip and user targets.
 */
import * as z from 'zod'
import type { Target } from '../../flow/index.ts'
import { isObject, readProperties, refuse } from '../properties.ts'
import { jsonPath, type Report } from '../report.ts'
import { sipUriFault, userFault } from '../sip-uri.ts'
import { isHost } from '../text.ts'
import { credentials, headers, line, number as telephone } from './fields.ts'

const SCREENING = 'Call screening is not supported yet, and the call must not be connected without it.'

/** What no target may carry, since to leave it out would call somebody else or connect unscreened. */
const refused = {
  confirmHook: SCREENING,
  url: SCREENING,
  from: 'Another From header is not supported yet.',
  overrideTo: 'Another Request-URI is not supported yet.',
  proxy: 'Another proxy is not supported yet.',
}

const rest = { harmless: ['id', 'method', 'vmail'], refused }

const phone = {
  schema: z.strictObject({
    type: z.literal('phone'),
    number: telephone,
    trunk: line.optional(),
    headers: headers.optional(),
  }),
  ...rest,
}

const sipUri = z.string().transform((uri, context) => {
  const fault = sipUriFault(uri)
  if (fault !== undefined) refuse(context, 'bad-uri', fault)
  return uri
})

const sip = {
  schema: z.strictObject({
    type: z.literal('sip'),
    sipUri,
    auth: credentials.optional(),
    headers: headers.optional(),
  }),
  ...rest,
  harmless: [...rest.harmless, 'name'],
}

/** `jane@domain`, or `jane` in the domain of the switch. */
const userName = z.string().transform((name, context) => {
  const at = name.lastIndexOf('@')
  const user = at < 0 ? name : name.slice(0, at)
  const fault = userFault(user) ?? (at < 0 || isHost(name.slice(at + 1)) ? undefined : 'The domain is not valid.')
  if (fault !== undefined) refuse(context, 'bad-user', fault)
  return name
})

const user = {
  schema: z.strictObject({ type: z.literal('user'), name: userName, headers: headers.optional() }),
  ...rest,
}

/** The target at `path`; undefined, with problems in the report, if it cannot be called. */
export function readTarget(value: unknown, path: string, report: Report): Target | undefined {
  switch (isObject(value) ? value['type'] : undefined) {
    case 'phone':
      return readPhone(value, path, report)
    case 'sip':
      return readSip(value, path, report)
    case 'user':
      return readUser(value, path, report)
    case 'teams':
      return report.refuse(path, 'unsupported-target', 'Microsoft Teams targets are not supported.')
    default:
      return report.refuse(jsonPath(path, ['type']), 'bad-target', 'The type of a target is phone, sip or user.')
  }
}

function readPhone(value: unknown, path: string, report: Report): Target | undefined {
  const given = readProperties(value, path, phone, report)
  if (!given) return undefined
  const { number: found, trunk, headers: fields } = given
  if (found.plusAdded) warnPlus(jsonPath(path, ['number']), report)
  const { number } = found
  return { type: 'phone', path, number, ...(trunk !== undefined && { trunk }), ...(fields && { headers: fields }) }
}

function readSip(value: unknown, path: string, report: Report): Target | undefined {
  const given = readProperties(value, path, sip, report)
  if (!given) return undefined
  const { sipUri: uri, auth, headers: fields } = given
  return { type: 'sip', path, uri, ...(auth && { auth }), ...(fields && { headers: fields }) }
}

function readUser(value: unknown, path: string, report: Report): Target | undefined {
  const given = readProperties(value, path, user, report)
  if (!given) return undefined
  const { name, headers: fields } = given
  return { type: 'user', path, name, ...(fields && { headers: fields }) }
}

export function warnPlus(path: string, report: Report): void {
  report.warn(path, 'plus-added', 'The number has no plus sign and is read as an international one.')
}
