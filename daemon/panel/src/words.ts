// How the panel writes times. Pure.

/** 3:07, 1:02:09. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** For screen readers: "3 minutes 7 seconds". */
export function spoken(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [m, s] = [Math.floor(total / 60), total % 60];
  return `${m === 0 ? '' : `${m} ${m === 1 ? 'minute' : 'minutes'} `}${s} ${s === 1 ? 'second' : 'seconds'}`;
}

export function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** "2.4 MB/s". */
export function rate(bytesPerS: number): string {
  return `${(bytesPerS / 1e6).toFixed(bytesPerS < 1e7 ? 1 : 0)} MB/s`;
}
