/**
 * What the switch stands on when it is real: the system's clock, network and files, the database, the media threads.
 */
import {
  type Clock,
  createMetrics,
  type Dns,
  Failure,
  type Http,
  type Log,
  type Metrics,
  type Net,
  type Random,
  type StreamNet,
  systemClock,
  systemDns,
  systemFiles,
  systemHttp,
  systemNet,
  systemRandom,
  systemStreamNet,
} from './base/index.ts'
import type { DataDirectory } from './cli/data-directory.ts'
import type { Config } from './config.ts'
import { declare, keysOf } from './declared.ts'
import { DecodeThread, type MediaCounts, MediaHost, Prompts } from './media/index.ts'
import { openSqlite, type Store } from './store/index.ts'

export interface Surroundings {
  readonly clock: Clock
  readonly random: Random
  readonly net: Net
  readonly streams: StreamNet
  readonly dns: Dns
  readonly http: CountedHttp
  readonly log: Log
  readonly metrics: Metrics
  readonly store: Store
  readonly media: MediaHost
  readonly prompts: Prompts
}

/** HTTP that knows how many requests are under way. */
export interface CountedHttp extends Http {
  readonly pending: number
}

/** What to close, the last opened first. */
export class Closers {
  readonly #closers: (() => unknown)[] = []

  add(close: () => unknown): void {
    this.#closers.push(close)
  }

  /** Idempotent. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close()
  }
}

/** Fails with the failures of the store, `data-directory` and `media`. What was opened before is in `closers`. */
export async function openSurroundings(
  config: Config,
  data: DataDirectory,
  log: Log,
  closers: Closers,
): Promise<Surroundings> {
  // Before anything is read: the calls of a switch that still runs must not be taken for those of one that crashed.
  closers.add(data.lock())
  const [clock, metrics] = [systemClock, createMetrics()]
  const http = openHttp(closers)
  const store = await openStore(config, data, { clock, log, metrics }, closers)
  const media = await openMedia(config, closers)
  addMediaMetrics(metrics, media)
  const decoder = new DecodeThread(clock)
  closers.add(() => decoder.close())
  const { decode } = decoder
  const prompts = new Prompts({ clock, files: systemFiles, http, decode, rootDirectory: config.promptsDir })
  return {
    clock,
    random: systemRandom(),
    net: systemNet(clock),
    streams: systemStreamNet(),
    dns: systemDns,
    http,
    log,
    metrics,
    store,
    media,
    prompts,
  }
}

async function openStore(
  config: Config,
  data: DataDirectory,
  around: Pick<Surroundings, 'clock' | 'log' | 'metrics'>,
  closers: Closers,
): Promise<Store> {
  try {
    const store = openSqlite(data.database, { ...around, node: config.node })
    closers.add(() => store.close())
    await declare(store.manage, config, data.declared, around.log)
    data.rememberDeclared(keysOf(config))
    return store
  } catch (error) {
    throw error instanceof Failure
      ? new Failure(error.code, `${data.database}: ${error.message}`, { cause: error.cause })
      : error
  }
}

/** Opens one leg on every worker and closes it again: the first call finds running threads, and ports that work. */
async function openMedia({ media: { workers, ports } }: Config, closers: Closers): Promise<MediaHost> {
  const media = new MediaHost({ workers, ports })
  closers.add(() => media.shutDown())
  await new Promise<void>((resolve, reject) => {
    let left = workers
    media.onEvent = event => {
      if (event.type === 'opened') media.close(event.leg)
      else if (event.type === 'closed' && --left === 0) resolve()
      else if (event.type === 'open-failed' || event.type === 'worker-lost') {
        reject(new Failure('media', `Media ports ${ports.from}-${ports.to} cannot be used: ${event.message}`))
      }
    }
    for (let worker = 0; worker < workers; worker++) media.open({ address: '127.0.0.1', mediaTimeoutMs: 0 })
  })
  return media
}

function openHttp(closers: Closers): CountedHttp {
  const http = systemHttp()
  closers.add(() => http.close())
  let pending = 0
  return {
    get pending() {
      return pending
    },
    send(request, done) {
      let isOpen = true
      const over = (): void => {
        if (isOpen) pending--
        isOpen = false
      }
      pending++
      const cancel = http.send(request, result => {
        over()
        done(result)
      })
      return () => {
        over()
        cancel()
      }
    },
  }
}

const MEDIA_FIGURES: Readonly<Record<keyof MediaCounts, string>> = {
  legs: 'Legs with media',
  tasks: 'Sounds being played',
  timers: 'Armed timers of the media cores',
  portsInUse: 'Pairs of media ports in use',
  portsResting: 'Pairs of media ports that rest before they are used again',
  staleCommands: 'Commands about something that had ended',
  strayPackets: 'Datagrams on a socket without a leg',
  packetsUnrelayable: 'Packets that the other leg of a bridge cannot be sent',
  digitsRefused: 'Digits that could not be sent',
  digitsFlooded: 'Digits received faster than anybody dials',
  stepsOwed: 'Steps of 2 ms by which the media tick was late',
  stepsSkipped: 'Steps of the media tick that were not made up for',
  bridgesApart: 'Bridges asked for between legs of different workers',
}

function addMediaMetrics(metrics: Metrics, media: MediaHost): void {
  for (const [name, help] of Object.entries(MEDIA_FIGURES)) {
    const metric = `cordboard_media_${name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}`
    metrics.gauge(metric, help, () => media.counts()[name as keyof MediaCounts])
  }
}
