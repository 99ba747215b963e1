// CUE sheets: which parts of one audio file are which tracks. Pure.

/** 28,224,000 ticks a second, 75 sectors a second. */
const TICKS_PER_SECTOR = 376_320;
export const MOST_TRACKS = 99;
const MOST_CHARACTERS = 200_000;

export interface CueTrack {
  readonly number: number;
  readonly title: string | null;
  readonly artist: string | null;
  /** INDEX 01, from the start of its file. */
  readonly startTicks: number;
}

export interface CueFile {
  readonly name: string;
  readonly tracks: readonly CueTrack[];
}

export interface CueSheet {
  readonly title: string | null;
  readonly artist: string | null;
  readonly files: readonly CueFile[];
}

/** One part of a file. `endTicks` null: to its end. */
export interface CuePart {
  readonly part: number;
  readonly title: string | null;
  readonly artist: string | null;
  readonly startTicks: number;
  readonly endTicks: number | null;
}

/** Lines that mean nothing here are passed over; a sheet of nonsense has no files. */
export function parseCue(text: string): CueSheet {
  const files: { name: string; tracks: Mutable<CueTrack & { hasStart: boolean }>[] }[] = [];
  let [title, artist] = [null as string | null, null as string | null];
  for (const line of text
    .slice(0, MOST_CHARACTERS)
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)) {
    const [, command = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
    const file = files.at(-1);
    const track = file?.tracks.at(-1);
    switch (command.toUpperCase()) {
      case 'FILE':
        files.push({
          name: words(rest.replace(/\s+\w+$/, (type) => (rest.includes('"') ? type : ''))),
          tracks: [],
        });
        break;
      case 'TRACK':
        if (file !== undefined && file.tracks.length < MOST_TRACKS)
          file.tracks.push({
            number: Number.parseInt(rest, 10) || file.tracks.length + 1,
            title: null,
            artist: null,
            startTicks: 0,
            hasStart: false,
          });
        break;
      case 'TITLE':
        if (track !== undefined) track.title = words(rest) || null;
        else if (file === undefined) title = words(rest) || null;
        break;
      case 'PERFORMER':
        if (track !== undefined) track.artist = words(rest) || null;
        else if (file === undefined) artist = words(rest) || null;
        break;
      case 'INDEX': {
        const [, minutes, seconds, sectors] = /^0*1\s+(\d{1,4}):(\d{1,2}):(\d{1,2})$/.exec(rest) ?? [];
        if (track === undefined || minutes === undefined) break;
        const atSector = (Number(minutes) * 60 + Number(seconds)) * 75 + Number(sectors);
        track.startTicks = atSector * TICKS_PER_SECTOR;
        track.hasStart = true;
      }
    }
  }
  return {
    title,
    artist,
    files: files.map(({ name, tracks }) => ({
      name,
      tracks: tracks.filter(({ hasStart }) => hasStart).map(({ hasStart: _, ...track }) => track),
    })),
  };
}

/** The parts of the audio file of that name: each from its INDEX 01 to that of the next. Null where the sheet does not divide
 *  it: it names fewer than two of its tracks, or what it names lies beyond its end or not in order. */
export function partsOf(sheet: CueSheet, fileName: string, durationTicks: number): readonly CuePart[] | null {
  const file = fileFor(sheet, fileName);
  if (file === undefined || file.tracks.length < 2) return null;
  const { tracks } = file;
  const isInOrder = tracks.every(
    ({ startTicks }, i) =>
      startTicks < durationTicks && (i === 0 || startTicks > (tracks[i - 1] as CueTrack).startTicks),
  );
  if (!isInOrder) return null;
  const isNumbered = new Set(tracks.map(({ number }) => number)).size === tracks.length;
  return tracks.map(({ number, title, artist, startTicks }, i) => ({
    part: isNumbered ? number : i + 1,
    title,
    artist: artist ?? sheet.artist,
    startTicks,
    endTicks: tracks[i + 1]?.startTicks ?? null,
  }));
}

/** A sheet that divides `fileName`; each track begins with the sector in which its start lies. Quotation marks have no place in
 *  a sheet: they become apostrophes. */
export function cueText(fileName: string, tracks: readonly { title: string; startTicks: number }[]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', "'")}"`;
  const two = (n: number) => String(n).padStart(2, '0');
  const lines = tracks.flatMap(({ title, startTicks }, i) => {
    const sectors = Math.floor(startTicks / TICKS_PER_SECTOR);
    const seconds = Math.floor(sectors / 75);
    const at = [Math.floor(seconds / 60), seconds % 60, sectors % 75].map(two).join(':');
    return [`  TRACK ${two(i + 1)} AUDIO`, `    TITLE ${quoted(title)}`, `    INDEX 01 ${at}`];
  });
  return [`FILE ${quoted(fileName)} WAVE`, ...lines, ''].join('\n');
}

/** A sheet of one file is about the one it lies beside, whatever it calls it: rips are converted, and the name stays. */
function fileFor({ files }: CueSheet, fileName: string): CueFile | undefined {
  const [only, ...others] = files;
  if (others.length === 0) return only;
  const wanted = baseOf(fileName);
  return files.find(({ name }) => baseOf(name) === wanted);
}

function baseOf(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const dot = base.lastIndexOf('.');
  return (dot > 0 ? base.slice(0, dot) : base).normalize('NFC').toLowerCase();
}

function words(text: string): string {
  const quoted = /^"(.*?)"/.exec(text);
  return (quoted?.[1] ?? text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 1000);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
