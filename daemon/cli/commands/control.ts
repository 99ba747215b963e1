// status, play, pause, skip, seek, volume.
import { publicStatus, type Status } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { bar, clock, parseClock, piece } from '../words.ts';
import { alarmLine, sleepLine } from './bedside.ts';
import { overrideLine } from './override.ts';

const percent = (volume: number) => `${Math.round(volume * 100)} %`;

function statusLines(status: Status, columns: number | null): string[] {
  const { current, crossfade, next, autoSelect, timeslot, override } = status;
  const lines: string[] = [];
  if (current === null) lines.push(status.playing ? 'Nothing plays yet.' : 'Paused; nothing plays.');
  else {
    const width = Math.max(10, Math.min(50, (columns ?? 80) - 20));
    const share = current.durationMs > 0 ? current.positionMs / current.durationMs : 0;
    lines.push(`${status.playing ? '▶' : '⏸'} ${piece(current)}`);
    if (current.album !== null) lines.push(`  ${current.album}`);
    lines.push(`  ${bar(share, width)} ${clock(current.positionMs)} / ${clock(current.durationMs)}`);
  }
  if (crossfade?.from.title !== undefined)
    lines.push(`  out of ${crossfade.from.title}, ${Math.round(crossfade.progress * 100)} %`);
  for (const [i, entry] of next.entries())
    lines.push(`${i === 0 ? '  next ' : '       '}${piece(entry)}  ${clock(entry.durationMs)}`);
  if (next.length < status.queueLength) lines.push(`       and ${status.queueLength - next.length} more`);
  const facts = [
    `volume ${percent(status.volume)}`,
    override === null ? timeslot?.name : overrideLine(override, Date.now()),
    status.sleep === null ? null : sleepLine(status.sleep, Date.now()),
    status.alarm === null ? null : alarmLine(status.alarm, Date.now()),
    status.sink,
  ].filter(Boolean);
  lines.push(`  ${facts.join(' · ')}`);
  if (autoSelect.message !== null) lines.push(autoSelect.message);
  return lines;
}

async function seek(io: Io, { words: [word = ''] }: Args): Promise<ExitCode> {
  const isRelative = /^[+-]/.test(word);
  const given = parseClock(isRelative ? word.slice(1) : word);
  if (given === null)
    return fail(io, { code: 'USAGE', message: `"${word}" is no position: give 90, 1:30, +10 or -10.` }, 2);
  let positionMs = given;
  if (isRelative) {
    const status = await publicStatus(io);
    if (!status.ok) return fail(io, status.error);
    const { current } = status.body;
    if (current === null) return fail(io, { code: 'NOTHING_PLAYS', message: 'Nothing plays.' });
    const wanted = current.positionMs + (word.startsWith('-') ? -given : given);
    positionMs = Math.max(0, Math.min(current.durationMs, wanted));
  }
  const reply = await io.client.post<{ positionMs: number }>('/api/v1/seek', { positionMs });
  return show(io, reply, (body) => `At ${clock(body.positionMs)}.`);
}

async function volume(io: Io, { words: [word] }: Args): Promise<ExitCode> {
  const status = await publicStatus(io);
  if (!status.ok) return fail(io, status.error);
  const was = status.body.volume;
  if (word === undefined)
    return show(io, { ok: true, status: 200, body: { volume: was } }, (body) => percent(body.volume));
  const match = /^([+-]?)(\d{1,3})%?$/.exec(word);
  if (match === null)
    return fail(io, { code: 'USAGE', message: `"${word}" is no volume: give 0 to 100, +5 or -5.` }, 2);
  const amount = Number(match[2]) / 100;
  const wanted = match[1] === '+' ? was + amount : match[1] === '-' ? was - amount : amount;
  if (match[1] === '' && amount > 1)
    return fail(io, { code: 'USAGE', message: 'The volume goes from 0 to 100.' }, 2);
  const clamped = Math.round(Math.max(0, Math.min(1, wanted)) * 1000) / 1000;
  const reply = await io.client.post<{ volume: number }>('/api/v1/volume', { volume: clamped });
  return show(io, reply, (body) => `Volume ${percent(body.volume)}.`);
}

interface Skipped {
  readonly skipped: string | null;
  readonly throttled: boolean;
}

export const controlCommands: readonly Command[] = [
  {
    name: 'status',
    args: '',
    summary: 'What plays, and what follows',
    words: [0, 0],
    run: async (io) => show(io, await publicStatus(io), (body) => statusLines(body, io.columns)),
  },
  {
    name: 'play',
    args: '',
    summary: 'Play, or go on',
    words: [0, 0],
    run: async (io) => show(io, await io.client.post('/api/v1/play'), () => 'Playing.'),
  },
  {
    name: 'pause',
    args: '',
    summary: 'Pause',
    words: [0, 0],
    async run(io) {
      const reply = await io.client.post<{ positionMs: number }>('/api/v1/pause');
      return show(io, reply, (body) => `Paused at ${clock(body.positionMs)}.`);
    },
  },
  {
    name: 'skip',
    args: '',
    summary: 'On to the next',
    words: [0, 0],
    run: async (io) =>
      show(io, await io.client.post<Skipped>('/api/v1/skip'), ({ throttled, skipped }) =>
        throttled
          ? 'Somebody skipped a moment ago: not skipped again.'
          : skipped === null
            ? 'Nothing was skipped.'
            : `Skipped ${skipped}.`,
      ),
  },
  {
    name: 'seek',
    args: '<position>',
    summary: 'To a position in what plays',
    details: 'A position is seconds (90) or m:ss (1:30); with + or - it counts from where it plays now.',
    words: [1, 1],
    run: seek,
  },
  {
    name: 'volume',
    args: '[0-100 | +n | -n]',
    summary: 'Show or set the volume',
    words: [0, 1],
    run: volume,
  },
];
