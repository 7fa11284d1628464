export type { Call, CallObservation } from './call.ts'
export { Calls, type Placed, type Placement } from './calls.ts'
export type { Leg } from './leg.ts'
export type {
  Arriving,
  CallRecords,
  Destination,
  Directory,
  LegRecord,
  LegRecordEnd,
  Routes,
  TrunkInfo,
} from './ports.ts'
