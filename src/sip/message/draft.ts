/** A value while it is being read: fields that may be absent are added one by one. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }
