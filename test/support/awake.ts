// Keeps a virtual machine's processors awake while this process lives (awake.sh): for benchmarks of how long something takes.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export function keepAwake(): void {
  const script = fileURLToPath(new URL('./awake.sh', import.meta.url));
  spawn('sh', [script, String(process.pid)], { stdio: 'ignore' }).unref();
}
