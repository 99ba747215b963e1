// Heap that is left after everything that can be collected has been, without compiled code: V8 makes that when it likes.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use. Waits a few turns of the loop, since what ends there holds more. */
export async function heapLeft(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return getHeapSpaceStatistics()
    .filter(({ space_name }) => !space_name.startsWith('code'))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}
