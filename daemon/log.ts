// Log: one line an event, to stderr. Under systemd with its priority prefix and without time (the journal adds both);
// elsewhere for people.
import type { LogLevel } from './config.ts';
import type { Log } from './ports.ts';

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const PRIORITY: Record<LogLevel, number> = { debug: 7, info: 6, warn: 4, error: 3 };

export function createLog(
  level: LogLevel,
  isJournal = process.env.JOURNAL_STREAM !== undefined,
): Log & { setLevel(level: LogLevel): void } {
  let least = ORDER.indexOf(level);
  const write = (at: LogLevel) => (message: string, fields?: object) => {
    if (ORDER.indexOf(at) < least) return;
    const rest = fields ? ` ${JSON.stringify(fields)}` : '';
    const head = isJournal
      ? `<${PRIORITY[at]}>`
      : `${new Date().toISOString().slice(11, 19)} ${at === 'info' ? '' : `${at}: `}`;
    process.stderr.write(`${head}${message}${rest}\n`);
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel(next) {
      least = ORDER.indexOf(next);
    },
  };
}
