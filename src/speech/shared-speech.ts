/**
 * One synthesis heard by several. Who joins late catches up with the next samples.
 */
import type { CancelSpeech, SpeechResult, SpeechSink } from './provider.ts'

interface Seat {
  readonly sink: SpeechSink
  started: boolean
  /** Chunks that the sink has had. */
  heard: number
}

export class SharedSpeech {
  /** Everything said so far. */
  readonly chunks: Int16Array[] = []
  sampleRateHz: number | undefined
  /** Called when the last listener leaves. */
  cancelEngine: CancelSpeech = () => {}
  readonly #closed: () => void
  readonly #seats = new Set<Seat>()
  #over = false

  /** `closed` is called once: it is said, or nobody listens any more. */
  constructor(closed: () => void) {
    this.#closed = closed
  }

  get over(): boolean {
    return this.#over
  }

  join(sink: SpeechSink): CancelSpeech {
    const seat: Seat = { sink, started: false, heard: 0 }
    this.#seats.add(seat)
    return () => {
      if (!this.#seats.delete(seat) || this.#seats.size > 0 || this.#over) return
      this.#close()
      this.cancelEngine()
    }
  }

  start(sampleRateHz: number): void {
    this.sampleRateHz = sampleRateHz
    this.#tellAll()
  }

  write(pcm: Int16Array): void {
    this.chunks.push(pcm)
    this.#tellAll()
  }

  end(result: SpeechResult): void {
    if (this.#over) return
    this.#close()
    this.#tellAll()
    const seats = [...this.#seats]
    for (const seat of seats) if (this.#seats.delete(seat)) seat.sink.end(result)
  }

  #close(): void {
    this.#over = true
    this.#closed()
  }

  #tellAll(): void {
    for (const seat of [...this.#seats]) this.#tell(seat)
  }

  /** A sink may cancel, its own or another seat, while it is told something. */
  #tell(seat: Seat): void {
    if (this.sampleRateHz !== undefined && !seat.started && this.#seats.has(seat)) {
      seat.started = true
      seat.sink.start(this.sampleRateHz)
    }
    while (seat.heard < this.chunks.length && this.#seats.has(seat)) {
      const chunk = this.chunks[seat.heard++]
      if (chunk) seat.sink.write(chunk)
    }
  }
}
