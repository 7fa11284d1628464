export { checkProgram, flowLimits } from './check.ts'
export type {
  ApplicationInfo,
  Ask,
  AskReply,
  AskRequest,
  BridgeResult,
  CallEffect,
  CallPort,
  CollectResult,
  HookEvent,
  LegId,
  LegInfo,
  PlayResult,
  SessionEvent,
} from './port.ts'
export type {
  Alerting,
  AnswerPolicy,
  Headers,
  HookRef,
  HookReport,
  Op,
  Origin,
  Outcome,
  Program,
  Source,
  Target,
} from './program.ts'
export { Session, type SessionPorts } from './session.ts'
export type { AnyEffect, AnyEvent, SessionParams } from './state.ts'
