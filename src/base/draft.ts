/** A value in the making: fields that may be absent are added one by one. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }
