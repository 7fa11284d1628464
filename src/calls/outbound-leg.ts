/**
 * A leg that we call (RFC 3261 section 13.2).
 */
import { hostText, type Timer, timeUuid } from '../base/index.ts'
import type { LegId, LegInfo } from '../flow/index.ts'
import type { LegHandle } from '../media/index.ts'
import type { FormatRecord } from '../sdp/index.ts'
import type {
  Body,
  Credentials,
  Dialog,
  HeaderPairs,
  InviteFailure,
  OutgoingCall,
  OutgoingCallDelegate,
  Party,
  ResponseInfo,
  Route,
} from '../sip/index.ts'
import { escapeUser } from '../sip/index.ts'
import { Leg, type LegEnd, type LegEnv, type LegOwner } from './leg.ts'
import { outcomeOfStatus } from './outcome.ts'

/** Everything that is known of a call to be made. */
export interface LegPlan {
  /** Request-URI. */
  readonly uri: string
  /** Whose host gets the INVITE, when it is not the Request-URI's. */
  readonly via?: string
  /** What the application sees as called number or name. */
  readonly to: string
  readonly callerId: string
  readonly callerName?: string
  /** Host of From; absent: the local address. */
  readonly fromDomain?: string
  readonly headers: HeaderPairs
  readonly auth?: Credentials
  readonly trunk?: string
  readonly formats: readonly FormatRecord[]
  readonly maxForwards: number
  readonly parentId?: LegId
  readonly near?: LegHandle
}

export class OutboundLeg extends Leg implements OutgoingCallDelegate {
  protected readonly peer = 'callee'
  readonly #plan: LegPlan
  #call: OutgoingCall | undefined
  #dialog: Dialog | undefined
  #end: Partial<LegEnd> | undefined
  #ringTimer: Timer | undefined
  /** The branch whose description is in force. */
  #mediaBranch: string | undefined

  constructor(env: LegEnv, owner: LegOwner, plan: LegPlan) {
    super(env, owner, {
      id: timeUuid(env.random, env.clock.wallMs()),
      direction: 'outbound',
      callId: '',
      from: plan.callerId,
      to: plan.to,
      state: 'trying',
      outcome: undefined,
      endedBy: undefined,
      durationMs: undefined,
      cause: undefined,
      sipStatus: 0,
      sipReason: '',
      peerAddress: '',
      ...(plan.parentId === undefined ? {} : { parentId: plan.parentId }),
      ...(plan.trunk === undefined ? {} : { trunk: plan.trunk }),
      ...(plan.callerName === undefined ? {} : { callerName: plan.callerName }),
    })
    this.#plan = plan
  }

  get dialog(): Dialog | undefined {
    return this.#dialog
  }

  /** Finds the way, binds the ports, sends the INVITE. Once. */
  start(): void {
    this.env.signaling.route(this.#plan.via ?? this.#plan.uri, route => {
      if (this.ended) return
      if (route.ok) this.#open(route)
      else this.#fail(503, `no route: ${route.message}`)
    })
  }

  /** Gives up so long after now, unless answered. For a leg that no group watches over. */
  endUnanswered(afterMs: number): void {
    this.#ringTimer = this.env.clock.after(afterMs, () => {
      this.#ringTimer = undefined
      if (this.info.state !== 'up') this.hangup({ outcome: 'no-answer', cause: 'ring timeout' })
    })
  }

  protected override change(changes: Partial<LegInfo>): void {
    if (changes.state === 'up' || changes.state === 'ended') {
      this.#ringTimer?.cancel()
      this.#ringTimer = undefined
    }
    super.change(changes)
  }

  hangup(end: Partial<LegEnd>, headers: HeaderPairs = []): void {
    if (this.ended) return
    if (this.#dialog) {
      this.#dialog.bye(headers)
      this.finish({ outcome: 'completed', endedBy: 'switch', cause: 'hung up', ...end })
      return
    }
    // The end is reported when it is confirmed: a 200 may be under way.
    this.#end = { ...end, ...this.#end }
    if (this.#call) this.#call.cancel(headers)
    else {
      this.finish({ outcome: 'canceled', endedBy: 'switch', cause: 'canceled', sipStatus: 487, ...this.#end })
      this.signalingGone()
    }
  }

  onProvisional(response: ResponseInfo): void {
    if (this.ended || this.#end || response.status === 100) return
    const hasMedia = response.body !== undefined && this.#acceptEarly(response.body, response.branch)
    if (response.status >= 180) this.ringingAtMs ??= this.env.clock.wallMs()
    const state = hasMedia || this.info.state === 'early' ? 'early' : 'ringing'
    this.change({ state, sipStatus: response.status, sipReason: response.reason })
  }

  onAnswered(answer: ResponseInfo, dialog: Dialog): void {
    this.#dialog = dialog
    const { sipStatus, sipReason } = { sipStatus: answer.status, sipReason: answer.reason }
    const description = answer.body
    if (!description && this.#mediaBranch !== answer.branch) {
      this.hangup({ outcome: 'failed', cause: 'answer without a description', sipStatus: 488 })
      return
    }
    const fault = description && this.media?.accept(description)
    if (fault) this.hangup({ outcome: 'failed', cause: fault.message, sipStatus: 488 })
    else this.up({ sipStatus, sipReason })
  }

  onFailed(failure: InviteFailure): void {
    this.finish({ ...endOfFailure(failure), ...(failure.cause === 'canceled' ? this.#end : {}) })
    this.signalingGone()
  }

  #open(route: Route & { readonly ok: true }): void {
    const media = this.openMedia({
      localAddress: route.localAddress,
      signallingAddress: route.nextHop.address,
      formats: this.#plan.formats,
      ...(this.#plan.near === undefined ? {} : { near: this.#plan.near }),
    })
    media.opened(ok => {
      if (this.ended) return
      if (ok) this.#invite(route, media.offer())
      else this.#fail(503, `no media ports: ${media.failure}`)
    })
  }

  #invite(route: Route & { readonly ok: true }, body: Body): void {
    const plan = this.#plan
    try {
      this.#call = this.env.signaling.invite(
        {
          uri: plan.uri,
          from: partyOf(plan, route.localAddress),
          nextHop: route.nextHop,
          headers: plan.headers,
          body,
          maxForwards: plan.maxForwards,
          ...(plan.auth === undefined ? {} : { auth: plan.auth }),
        },
        this,
      )
    } catch (error) {
      // What a user gave cannot be put on the wire.
      this.#fail(400, error instanceof Error ? error.message : String(error))
      return
    }
    this.change({ callId: this.#call.callId, peerAddress: route.nextHop.address })
  }

  #acceptEarly(body: Body, branch: string | undefined): boolean {
    const fault = this.media?.accept(body)
    if (fault) {
      this.env.log.info({ leg: this.id, fault: fault.code }, `Early description ignored: ${fault.message}`)
      return false
    }
    this.#mediaBranch = branch
    return true
  }

  #fail(sipStatus: number, cause: string): void {
    this.finish({ outcome: outcomeOfStatus(sipStatus), endedBy: 'switch', cause, sipStatus })
    this.signalingGone()
  }
}

function partyOf(plan: LegPlan, localAddress: string): Party {
  const host = plan.fromDomain ?? hostText(localAddress)
  const user = escapeUser(plan.callerId)
  return {
    uri: user === '' ? `sip:${host}` : `sip:${user}@${host}`,
    ...(plan.callerName === undefined ? {} : { displayName: plan.callerName }),
  }
}

function endOfFailure(failure: InviteFailure): LegEnd {
  switch (failure.cause) {
    case 'response': {
      const { status, reason } = failure.response
      return {
        outcome: outcomeOfStatus(status),
        endedBy: 'callee',
        cause: reason,
        sipStatus: status,
        sipReason: reason,
      }
    }
    case 'timeout':
      return {
        outcome: 'failed',
        endedBy: 'switch',
        cause: `timer ${failure.timer} on ${failure.method}`,
        sipStatus: 408,
        sipReason: 'Request Timeout',
      }
    case 'unreachable':
      return { outcome: 'failed', endedBy: 'switch', cause: failure.message, sipStatus: 503 }
    case 'canceled':
      return {
        outcome: 'canceled',
        endedBy: 'switch',
        cause: 'canceled',
        sipStatus: 487,
        sipReason: 'Request Terminated',
      }
  }
}
