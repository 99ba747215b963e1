// How the command line writes times, bars and tables. Pure.

/** 3:07, 1:02:09. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Local time of day, with the date when it is not today. */
export function when(ms: number, nowMs: number): string {
  const at = new Date(ms);
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  return isToday ? time : `${at.toLocaleDateString('en-CA')} ${time}`;
}

/** "1:30", "90", "1:02:03" as milliseconds; null when it is none of these. */
export function parseClock(text: string): number | null {
  if (!/^\d+(:[0-5]?\d){0,2}(\.\d+)?$/.test(text)) return null;
  return text.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) * 1000;
}

export function bar(share: number, width: number): string {
  const filled = Math.round(Math.max(0, Math.min(1, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** "Title — Artist", or the title alone. */
export function piece(card: { readonly title: string; readonly artist: string }): string {
  return card.artist === '' ? card.title : `${card.title} — ${card.artist}`;
}

/** Columns padded to their widest cell; the last one is left as it is. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, [...cell].length);
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - [...cell].length),
      )
      .join('  ')
      .trimEnd(),
  );
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment as a person writes it: "2h" ago (s, m, h, d), "18:30" today, "2026-11-21", "2026-11-21 18:30". Calendar ms;
 *  null when it is none of these. */
export function parseMoment(text: string, nowMs: number): number | null {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (number !== undefined) return Math.round(nowMs - Number(number) * (UNITS_MS[unit] as number));
  const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (hour !== undefined) {
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
    return new Date(nowMs).setHours(Number(hour), Number(minute), Number(second), 0);
  }
  const [, date, time = '00:00'] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text) ?? [];
  if (date === undefined) return null;
  const ms = new Date(`${date}T${time}`).getTime();
  return Number.isNaN(ms) ? null : ms;
}

/** "90m", "2h", "1h30m", "1d" as milliseconds; null when it is none of these. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?[smhd])+$/.test(text)) return null;
  const parts = text.matchAll(/([\d.]+)([smhd])/g);
  return [...parts].reduce((sum, [, n, unit = '']) => sum + Number(n) * (UNITS_MS[unit] as number), 0);
}

/** "1 h 59 min", "3 min", "less than a minute". */
export function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''].filter(Boolean).join(' ');
}

/** "18.0 MiB", "460 B". */
export function bytesText(bytes: number): string {
  const [, size, unit] = [
    [2 ** 30, bytes / 2 ** 30, 'GiB'],
    [2 ** 20, bytes / 2 ** 20, 'MiB'],
    [2 ** 10, bytes / 2 ** 10, 'KiB'],
  ].find(([least]) => bytes >= (least as number)) ?? [0, bytes, 'B'];
  return unit === 'B' ? `${bytes} B` : `${(size as number).toFixed(1)} ${unit}`;
}
