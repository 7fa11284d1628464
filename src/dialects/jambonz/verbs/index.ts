/**
 * The verbs of the jambonz dialect. A new one is a file and a line here.
 */
import type { Verb } from '../verb.ts'
import { alert, answer, decline, hangup, pause, redirect, tag } from './call.ts'
import { dial } from './dial.ts'
import { gather } from './gather.ts'
import { play, say } from './play.ts'

export const verbs: readonly Verb[] = [alert, answer, decline, dial, gather, hangup, pause, play, redirect, say, tag]

/** Verbs that exist in the dialect and not here. */
export const unsupportedVerbs: readonly string[] = [
  'agent',
  'conference',
  'config',
  'dequeue',
  'dialogflow',
  'dtmf',
  'dub',
  'enqueue',
  'leave',
  'lex',
  'listen',
  'llm',
  'message',
  'rasa',
  'rest:dial',
  'room',
  's2s',
  'sip:notify',
  'sip:redirect',
  'sip:refer',
  'sip:request',
  'stream',
  'transcribe',
  'transfer',
]
