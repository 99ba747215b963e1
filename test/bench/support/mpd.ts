// Debian's mpd as the other side of a benchmark: started on a folder of music with an output of its own, driven by mpc.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface Mpd {
  readonly pid: number;
  mpc(...words: string[]): string;
  /** Plays these files once, in order, and resolves when the last has ended. */
  playThrough(paths: readonly string[], crossfadeS: number): Promise<void>;
  stop(): void;
}

export interface MpdOptions {
  /** Names the virtual device; without it a null output is used. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How it speaks to that device. Default: ALSA (its pulse plugin). */
  readonly output?: 'alsa' | 'pulse';
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const isMissing = (program: string) =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined;

const outputs = {
  null: ['audio_output {', '  type "null"', '  name "null"', '  sync "yes"', '  mixer_type "software"', '}'],
  alsa: ['audio_output {', '  type "alsa"', '  name "device"', '  mixer_type "software"', '}'],
  pulse: ['audio_output {', '  type "pulse"', '  name "device"', '  mixer_type "software"', '}'],
};

/** Null where mpd or mpc is not installed. `folder` takes its database and socket. */
export async function startMpd(folder: string, music: string, options: MpdOptions = {}): Promise<Mpd | null> {
  if (isMissing('mpd') || isMissing('mpc')) return null;
  mkdirSync(join(folder, 'playlists'), { recursive: true });
  const socket = join(folder, 'socket');
  const lines = [
    `music_directory "${music}"`,
    `playlist_directory "${folder}/playlists"`,
    `db_file "${folder}/db"`,
    `log_file "${folder}/log"`,
    `state_file "${folder}/state"`,
    `bind_to_address "${socket}"`,
    'auto_update "no"',
    ...(options.environment ? outputs[options.output ?? 'alsa'] : outputs.null),
  ];
  writeFileSync(join(folder, 'mpd.conf'), `${lines.join('\n')}\n`);
  const child = spawn('mpd', ['--no-daemon', join(folder, 'mpd.conf')], {
    stdio: 'ignore',
    env: { HOME: folder, ...process.env, ...options.environment },
  });
  const environment = { ...process.env, MPD_HOST: socket };
  const mpc = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('mpc', words, { env: environment, encoding: 'utf8' });
    if (status !== 0) throw new Error(`mpc ${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  await sleep(1500);
  mpc('update', '--wait');
  mpc('clear');
  return {
    pid: child.pid as number,
    mpc,
    async playThrough(paths, crossfadeS) {
      mpc('clear');
      for (const path of paths) mpc('add', relative(music, path));
      for (const words of ['random off', 'repeat off', 'single off', `crossfade ${crossfadeS}`, 'play'])
        mpc(...words.split(' '));
      while (mpc('status').includes('[playing]')) await sleep(200);
      await sleep(500);
    },
    stop: () => void child.kill(),
  };
}
