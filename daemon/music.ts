// Which folders are played: what a person named, else ~/Music if it holds audio, else a demo library Segue makes
// itself. Main thread, at start.
import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Config } from './config.ts';
import type { Places } from './places.ts';

export interface MusicChoice {
  readonly folders: readonly string[];
  readonly isDemo: boolean;
  /** One sentence for the log. */
  readonly sentence: string;
}

const AUDIO = new Set([
  '.flac',
  '.mp3',
  '.opus',
  '.ogg',
  '.oga',
  '.m4a',
  '.aac',
  '.wav',
  '.aiff',
  '.aif',
  '.wv',
]);
const MAX_LOOKED_AT = 5000;

/** Whether a folder holds an audio file, some levels deep; looks at no more than 5,000 names. */
export function holdsAudio(folder: string): boolean {
  const waiting = [{ path: folder, depth: 0 }];
  let looked = 0;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { path, depth } = next;
    let entries: import('node:fs').Dirent[];
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (++looked > MAX_LOOKED_AT) return false;
      if (entry.isFile() && AUDIO.has(extname(entry.name).toLowerCase())) return true;
      if (entry.isDirectory() && depth < 4) waiting.push({ path: join(path, entry.name), depth: depth + 1 });
    }
  }
  return false;
}

export function chooseMusic(config: Config, places: Places, home: string | undefined): MusicChoice {
  if (config.music.length)
    return { folders: config.music, isDemo: false, sentence: `Playing ${config.music.join(', ')}.` };
  const own = home ? join(home, 'Music') : null;
  if (own && holdsAudio(own)) return { folders: [own], isDemo: false, sentence: `Playing ${own}.` };
  return {
    folders: [places.demoDirectory],
    isDemo: true,
    sentence:
      'No music folder was named, so Segue plays a demo library that it composes itself. Your own: npm start -- --music DIR',
  };
}
