/**
 * SIP URIs that a flow may call, RFC 3261 section 19.1: enough to refuse what could not or should not be a
 * Request-URI. The signalling room parses it again.
 */
import { isHost, isPrintable } from './text.ts'

const MAX_URI = 1_024
/** Not for a called URI: they would steer the request past the routing of this switch. */
const STEERING = new Set(['maddr', 'method', 'ttl'])

/** What is wrong with a URI, as a sentence; undefined if it may be called. */
export function sipUriFault(uri: string): string | undefined {
  if (uri.length > MAX_URI) return `A SIP URI has at most ${MAX_URI} characters.`
  if (!isPrintable(uri) || /[\s<>"{}|\\^`]/.test(uri)) return 'The SIP URI has a character that cannot be in one.'
  const scheme = /^sips?:/i.exec(uri)
  if (!scheme) return 'A SIP URI starts with sip: or sips:.'
  const rest = uri.slice(scheme[0].length)
  if (rest.includes('?')) return 'Header fields within a SIP URI are not accepted; use headers.'
  const at = rest.lastIndexOf('@')
  const [address = '', ...parameters] = rest.slice(at + 1).split(';')
  return (at < 0 ? undefined : userFault(rest.slice(0, at))) ?? addressFault(address) ?? parameterFault(parameters)
}

/** What is wrong with the user part, or with the name of a registered user. */
export function userFault(user: string): string | undefined {
  if (user.length > 256 || !/^(?:[A-Za-z0-9\-_.!~*'()&=+$,;/]|%[0-9A-Fa-f]{2})+$/.test(user)) {
    return user.includes(':') ? 'Passwords do not belong into a URI; use auth.' : 'The user part is not valid.'
  }
  return /%(?:[01][0-9A-Fa-f]|7[Ff])/.test(user) ? 'The user part has an escaped control character.' : undefined
}

function addressFault(address: string): string | undefined {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]{1,5}))?$/.exec(address) ?? []
  if (!isHost(host)) return 'The host of the SIP URI is not valid.'
  return port !== undefined && (Number(port) < 1 || Number(port) > 65_535) ? 'The port is out of range.' : undefined
}

function parameterFault(parameters: readonly string[]): string | undefined {
  for (const parameter of parameters) {
    const [name = ''] = parameter.split('=')
    if (!/^[A-Za-z0-9\-_.!~*'()[\]/:&+$%]+$/.test(name)) return 'A parameter of the SIP URI is not valid.'
    if (STEERING.has(name.toLowerCase())) return `The URI parameter ${name} is not accepted.`
  }
  return undefined
}
