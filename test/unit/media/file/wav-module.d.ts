/** The part of the `wav` package that the tests use. */
declare module 'wav' {
  import type { Duplex, Writable } from 'node:stream'

  export interface Format {
    readonly audioFormat: number
    readonly channels: number
    readonly sampleRate: number
    readonly bitDepth: number
    readonly ulaw?: boolean
    readonly alaw?: boolean
  }

  export class Writer extends Duplex {
    constructor(options: { format?: number; channels: number; sampleRate: number; bitDepth: number })
    /** The final header, once all data has passed. */
    on(event: 'header', listener: (header: Buffer) => void): this
    on(event: string, listener: (...args: never[]) => void): this
  }

  export class Reader extends Writable {
    on(event: 'format', listener: (format: Format) => void): this
    on(event: 'data', listener: (bytes: Buffer) => void): this
    on(event: string, listener: (...args: never[]) => void): this
  }
}
