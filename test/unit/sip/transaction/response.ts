import type { SipResponse } from '../../../../src/sip/index.ts'

/** A response as far as the machines look at it. */
export const response = (status: number): SipResponse => ({ kind: 'response', status, reason: '' }) as SipResponse
