#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * The process: lines of JSON on stdin, frames on stdout, until stdin ends.
 */
import { Desk } from './desk.js'
import { openEngine } from './engine.js'
import { LineSplitter } from './lines.js'
import { LINE_LIMIT_BYTES } from './request.js'

// Whoever listened is gone: nothing is left to do.
process.stdout.on('error', () => process.exit(0))

const desk = new Desk(await openEngine(), bytes => process.stdout.write(bytes))
const lines = new LineSplitter(LINE_LIMIT_BYTES, {
  line: text => desk.take(text),
  tooLong: () => desk.refuse(0, 'bad-request', `A line may have ${LINE_LIMIT_BYTES} bytes.`),
})
process.stdin.on('data', chunk => lines.push(chunk))
process.stdin.on('end', () => process.exit(0))
process.stdin.on('error', () => process.exit(0))
