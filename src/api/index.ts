export type { CallApplications } from './jambonz.ts'
export { type Api, type ApiEnv, createApi, type Listening } from './server.ts'
export type { Health, HealthPart } from './status.ts'
export { hashToken, tokenCheck } from './token.ts'
