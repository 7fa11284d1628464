/**
 * The signature header of jambonz: an HMAC over time and body, in hexadecimal digits.
 */
import { createHmac } from 'node:crypto'

export function sign(secret: string, unixSeconds: number, body: string): Readonly<Record<string, string>> {
  const digest = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')
  return { 'Jambonz-Signature': `t=${unixSeconds},v1=${digest}` }
}
