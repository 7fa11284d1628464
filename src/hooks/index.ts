export { type HookTrace, HttpAsk, type HttpAskOptions } from './http-ask.ts'
export { hookLimits } from './limits.ts'
