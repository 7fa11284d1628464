import BetterSqlite3, { type Database } from 'better-sqlite3'
import { beforeEach, describe, expect, test } from 'vitest'
import { MIGRATIONS, migrate } from '../../../src/store/sqlite/migrations.ts'

const FIRST = 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)'
const SECOND = 'ALTER TABLE a ADD COLUMN y TEXT'

describe('the schema of a database', () => {
  let database: Database

  beforeEach(() => {
    database = new BetterSqlite3(':memory:')
  })

  const versions = (): unknown[] => database.prepare('SELECT * FROM schema_versions ORDER BY version').all()

  test('comes about in steps that are written down', () => {
    migrate(database, 1000, [FIRST, SECOND])
    expect(versions()).toEqual([
      { version: 1, applied_at_ms: 1000 },
      { version: 2, applied_at_ms: 1000 },
    ])
    expect(database.prepare('SELECT * FROM a').all()).toEqual([{ x: 1, y: null }])
  })

  test('takes only the steps that are new', () => {
    migrate(database, 1000, [FIRST])
    migrate(database, 2000, [FIRST, SECOND])
    migrate(database, 3000, [FIRST, SECOND])
    expect(versions()).toEqual([
      { version: 1, applied_at_ms: 1000 },
      { version: 2, applied_at_ms: 2000 },
    ])
    expect(database.prepare('SELECT count(*) AS rows FROM a').get()).toEqual({ rows: 1 })
  })

  test('stays as it was when a step fails', () => {
    migrate(database, 1000, [FIRST])
    expect(() => migrate(database, 2000, [FIRST, SECOND, 'CREATE TABLE a (z TEXT)'])).toThrow(/already exists/)
    expect(versions()).toHaveLength(1)
    expect(database.prepare('SELECT * FROM a').all()).toEqual([{ x: 1 }])
  })

  test('of a later version is left alone', () => {
    migrate(database, 1000, [FIRST, SECOND])
    expect(() => migrate(database, 2000, [FIRST])).toThrow(expect.objectContaining({ code: 'schema-too-new' }))
    expect(versions()).toHaveLength(2)
  })

  test('takes no value of another type', () => {
    migrate(database, 1000)
    expect(versions()).toHaveLength(MIGRATIONS.length)
    expect(() => database.exec("INSERT INTO nodes VALUES ('n', 'not a time')")).toThrow(/cannot store TEXT/)
  })
})
