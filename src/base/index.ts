export { canonicalAddress, formatEndpoint, hostText, ipVersion } from './address.ts'
export { type Clock, systemClock, type Timer } from './clock.ts'
export { type Dns, systemDns } from './dns.ts'
export type { Draft } from './draft.ts'
export { Failure, type Problem } from './error.ts'
export { type FileRead, type Files, systemFiles } from './files.ts'
export { type Folder, type FolderEntry, systemFolder } from './folder.ts'
export { type Handle, HandleTable, handleWorker } from './handle.ts'
export { type Http, type HttpFault, type HttpRequest, type HttpResponse, systemHttp } from './http.ts'
export { createLog, type Log, type LogLevel, silentLog } from './log.ts'
export { Machine, type Running, type Step, type TimerEffect, type TimerEvent } from './machine.ts'
export { type Counter, createMetrics, type Metrics, noMetrics } from './metrics.ts'
export {
  type DatagramOptions,
  type DatagramSocket,
  type Endpoint,
  type Net,
  systemNet,
} from './net.ts'
export { type ChildProcess, type Processes, type ProcessOptions, systemProcesses } from './process.ts'
export { type Random, randomBelow, randomToken, systemRandom, timeUuid } from './random.ts'
export {
  type StreamHandlers,
  type StreamListener,
  type StreamNet,
  type StreamSocket,
  systemStreamNet,
} from './stream.ts'
