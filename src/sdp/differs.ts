/**
 * Whether a description says something new: only then does the version of its o= line go up (RFC 3264 section 8).
 */
import type { LocalMedia } from './format.ts'
import { writeDescription } from './write.ts'

/** Compares what would be written, without regard to the versions. */
export function localMediaDiffers(before: LocalMedia, after: LocalMedia): boolean {
  return Buffer.compare(withoutVersion(before), withoutVersion(after)) !== 0
}

const withoutVersion = (local: LocalMedia): Uint8Array => writeDescription({ ...local, sessionVersion: 0 })
