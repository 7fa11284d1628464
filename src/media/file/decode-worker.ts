/**
 * Entry of the decode thread: one sound file in, its samples out, in order.
 */
import { parentPort } from 'node:worker_threads'
import { Failure } from '../../base/index.ts'
import type { DecodeReply, DecodeRequest } from './decode-thread.ts'
import { decodeSound } from './sound.ts'

if (!parentPort) throw new Failure('not-a-worker', 'This file is the entry of a worker thread.')
const port = parentPort

port.on('message', ({ id, bytes }: DecodeRequest) => {
  decodeSound(bytes, result => port.postMessage({ id, result } satisfies DecodeReply))
})
