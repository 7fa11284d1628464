/**
 * The schema, step by step. A step that was ever released is never changed; a change is a new step at the end.
 */
import type { Database } from 'better-sqlite3'
import { storeFailure } from '../failure.ts'

/** The version of a schema is the number of steps that made it. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE applications (
    sid TEXT PRIMARY KEY,
    account_sid TEXT NOT NULL,
    name TEXT NOT NULL,
    call_hook TEXT,
    call_status_hook TEXT,
    secret TEXT,
    fallback_document TEXT,
    program_name TEXT
  ) STRICT;

  CREATE TABLE trunks (
    name TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    username TEXT,
    password TEXT,
    realm TEXT,
    outbound INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    number_format TEXT NOT NULL,
    from_domain TEXT,
    codecs TEXT,
    media_sources TEXT NOT NULL
  ) STRICT;

  CREATE TABLE numbers (
    pattern TEXT PRIMARY KEY,
    application_sid TEXT NOT NULL REFERENCES applications (sid),
    trunk TEXT REFERENCES trunks (name)
  ) STRICT;

  CREATE TABLE users (
    username TEXT NOT NULL,
    domain TEXT NOT NULL,
    secret TEXT,
    contact TEXT,
    PRIMARY KEY (username, domain)
  ) STRICT;

  CREATE TABLE cdrs (
    leg_sid TEXT PRIMARY KEY,
    session_sid TEXT NOT NULL,
    parent_leg_sid TEXT,
    direction TEXT NOT NULL,
    node TEXT NOT NULL,
    sip_call_id TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    tag TEXT,
    application_sid TEXT,
    trunk TEXT,
    ringing_at_ms INTEGER,
    answered_at_ms INTEGER,
    ended_at_ms INTEGER,
    duration_ms INTEGER,
    billed_ms INTEGER,
    disposition TEXT,
    sip_status INTEGER,
    sip_reason TEXT,
    ended_by TEXT,
    cause TEXT,
    media TEXT
  ) STRICT;
  CREATE INDEX cdrs_session ON cdrs (session_sid);
  CREATE INDEX cdrs_started ON cdrs (started_at_ms);
  CREATE INDEX cdrs_open ON cdrs (node) WHERE ended_at_ms IS NULL;

  CREATE TABLE nodes (
    name TEXT PRIMARY KEY,
    alive_at_ms INTEGER NOT NULL
  ) STRICT;
  `,
]

/** Brings the schema up to date, or changes nothing. Throws the failure `schema-too-new`. */
export function migrate(database: Database, wallMs: number, steps: readonly string[] = MIGRATIONS): void {
  const run = database.transaction(() => {
    database.exec(
      'CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, applied_at_ms INTEGER NOT NULL) STRICT',
    )
    const current = database.prepare('SELECT coalesce(max(version), 0) FROM schema_versions').pluck().get() as number
    if (current > steps.length) throw storeFailure('schema-too-new')
    const record = database.prepare('INSERT INTO schema_versions VALUES (?, ?)')
    for (const [index, step] of steps.entries()) {
      if (index < current) continue
      database.exec(step)
      record.run(index + 1, wallMs)
    }
  })
  // Takes the write lock before it looks: two processes may open a new database at once.
  run.immediate()
}
