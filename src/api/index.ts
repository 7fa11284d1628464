export { type Api, createApi, type Listening } from './server.ts'
export type { Health } from './status.ts'
export { hashToken, tokenCheck } from './token.ts'
