/**
 * Settings of the virtual machine for a process that is a switch.
 */
import { setFlagsFromString } from 'node:v8'

/**
 * When a rush is over, V8 collects the whole heap three times to make an idle process small, 10-25 ms each, while calls
 * are up and their packets on the way: a fifth of the CPU of relayed calls. Without that, memory shrinks with the
 * collections that are due anyway. To be called before threads start.
 */
export function keepHeapInIdleTimes(): void {
  setFlagsFromString('--no-memory-reducer')
}
