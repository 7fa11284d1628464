/**
 * RtpIo: datagrams in and out of the media core, and its tick. Packets live in slots of memory; tables of plain numbers
 * say what is in them. A backend fills and empties both; the core never sees a socket.
 *
 *     slot 0 .. 63: received       slot 64 .. 127: to be sent
 *     inbound   row n describes slot n: socket, length, port, same source as before
 *     outbound  row n: socket, offset of the first byte (slot 0 starts at 0), length
 *
 * What was received can be sent from where it lies.
 */

export const SLOT_BYTES = 2048
export const IN_SLOTS = 64
export const OUT_SLOTS = 64
/** Offsets below this are in received slots. */
export const RECEIVED_BYTES = IN_SLOTS * SLOT_BYTES

export const IN_SOCKET = 0
/** Of the datagram. More than SLOT_BYTES: the slot holds only its start. */
export const IN_LENGTH = 1
export const IN_PORT = 2
/** 1 if the source is the same as that of the socket's datagram before. */
export const IN_SAME_SOURCE = 3
export const IN_FIELDS = 4

export const OUT_SOCKET = 0
export const OUT_OFFSET = 1
export const OUT_LENGTH = 2
export const OUT_FIELDS = 3

/** A small number, free for another socket once closed. */
export type SocketId = number

export type PairOpened =
  | { readonly ok: true; readonly rtp: SocketId; readonly rtcp: SocketId }
  /** `in-use`: try another port. `refused`: no port of this address will do. */
  | { readonly ok: false; readonly code: 'in-use' | 'refused'; readonly message: string }

export interface RtpIo {
  /** All slots, those to be sent at least. */
  readonly arena: Uint8Array
  /** The received slots: the arena again, or, from batch to batch, what the system gave; then rows are the only bounds. */
  readonly received: Uint8Array
  readonly inbound: Int32Array
  readonly outbound: Int32Array
  /** One owner. `rows` datagrams are in the slots; they are gone when this returns. */
  onBatch: (rows: number, nowMs: number) => void
  /** One owner. Runs once for each `tickAt`. */
  onTick: (nowMs: number) => void
  /** Binds `port` and the one after it; `opened` runs once, possibly before the call returns. */
  openPair(address: string, port: number, opened: (result: PairOpened) => void): void
  /** Idempotent. Nothing is delivered afterwards. */
  close(socket: SocketId): void
  /** Where the socket sends from now on, disconnected. Port 0: nowhere. */
  aim(socket: SocketId, address: string, port: number): void
  /** Idempotent. Hears only whom the socket is aimed at from now on, which makes every packet cheaper. */
  connect(socket: SocketId): void
  /** Idempotent. Hears everybody again. */
  disconnect(socket: SocketId): void
  /** Between two legs: it sends nowhere, disconnected, and the source of its next datagram is a new one. */
  forgetPeer(socket: SocketId): void
  /** Source of an inbound row as canonical text: valid until `onBatch` returns, and not for every packet. */
  sourceAddress(row: number): string
  /** Sends the first `rows` rows of `outbound`. Slots to be sent are free again afterwards, received ones are gone. */
  flush(rows: number): void
  /** Runs `onTick` at this time of the clock, or as soon after as possible; replaces what was asked before. */
  tickAt(atMs: number): void
  /** Takes back `tickAt`. */
  stopTick(): void
}

/** The memory in which an offset of `outbound` counts. */
export const memoryAt = (io: RtpIo, offset: number): Uint8Array => (offset < RECEIVED_BYTES ? io.received : io.arena)
