import type { Dialect } from '../dialect.ts'
import { read } from './read.ts'
import { sign } from './sign.ts'
import { write } from './write.ts'

/** The verbs and webhooks of jambonz, which the Cognigy Voice Gateway speaks too. */
export const jambonz: Dialect = { name: 'jambonz', read, write, sign, expendable: ['sip', 'customerData'] }
