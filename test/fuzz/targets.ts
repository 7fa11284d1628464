import { endpointTarget } from './endpoint-target.ts'
import { messageTarget } from './message-target.ts'
import { sdpTarget } from './sdp-target.ts'
import type { Target } from './target.ts'

export const targets: readonly Target[] = [messageTarget, sdpTarget, endpointTarget]
