/**
 * The application's answer, read: a flow, nothing to add, or what is wrong with it.
 */
import type { HttpFault, HttpResponse, Problem } from '../base/index.ts'
import type { Dialect } from '../dialects/index.ts'
import type { AskReply } from '../flow/index.ts'

const ACCEPTED = new Set([200, 202, 204])

const decoder = new TextDecoder('utf-8', { fatal: true })

export const failure = (code: string, message: string, problems: readonly Problem[] = []): AskReply => ({
  ok: false,
  code,
  message,
  problems,
})

/** Reply to a request that expects a flow. */
export function readFlow(result: HttpResponse | HttpFault, dialect: Dialect): AskReply {
  const refused = readResult(result)
  if (!result.ok || !refused.ok) return refused
  const text = decodeBody(result.body)
  if (text === undefined) {
    const problem = { path: '$', code: 'bad-encoding', message: 'The document is not UTF-8.' }
    return failure('bad-document', problem.message, [problem])
  }
  if (text.trim() === '') return { ok: true }
  if (isPlainWord(result, text)) {
    const warning = { path: '$', code: 'not-json', message: 'The answer is plain text and says nothing.' }
    return { ok: true, warnings: [warning] }
  }
  return readDocument(text, dialect)
}

/** Reply to a notification: only whether it was accepted. */
export function readResult(result: HttpResponse | HttpFault): AskReply {
  if (!result.ok) return failure(result.code, result.message)
  return ACCEPTED.has(result.status) ? { ok: true } : failure('status', `The hook answered ${result.status}.`)
}

function readDocument(text: string, dialect: Dialect): AskReply {
  const result = dialect.read(text)
  const { warnings } = result
  if (result.ok) return { ok: true, warnings, ...(result.program.ops.length > 0 && { program: result.program }) }
  const [first] = result.problems
  return failure('bad-document', first ? `${first.path}: ${first.message}` : 'The flow is not right.', result.problems)
}

function decodeBody(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body)
  } catch {
    return undefined
  }
}

/** Frameworks answer a bare 200 with the text `OK`: that is no flow, and no mistake. */
const isPlainWord = ({ headers }: HttpResponse, text: string): boolean =>
  (headers['content-type'] ?? '').startsWith('text/plain') && !/^\s*[[{/]/.test(text)
