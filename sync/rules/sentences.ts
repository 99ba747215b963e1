// What a notice says: one sentence, with what to do. Pure.
import type { NothingLeft } from '../vocabulary/director.ts';

const nothingLeft: Readonly<Record<NothingLeft | 'PAUSED', string>> = {
  NO_PASSAGES: 'There is no music yet: add a folder with audio files and import it.',
  NO_SONGS: 'No passage has a song: import again, or give the files titles.',
  ALL_IN_COOLDOWN:
    'Everything has been heard recently: it goes on when the first is free, or relax the cooldowns.',
  ALL_EXCLUDED: 'Everything is queued already or excluded: add music, or look at what is broken or missing.',
  PAUSED:
    'Several files failed one after the other: automatic selection pauses until somebody presses play or adds something.',
};

export const sentences = {
  nothingLeft: (reason: NothingLeft | 'PAUSED') => nothingLeft[reason],
  playbackFailed: (path: string, missing: boolean, message: string) =>
    missing
      ? `${fileName(path)} is not there any more and was passed over: scan the music folders, or bring it back.`
      : `${fileName(path)} cannot be played and was passed over: ${message}`,
  folderBack: (path: string) => `The music folder ${path} is back.`,
  sinkChanged: (sink: string, reason: string) => `Sound goes to ${sink} now (${reason}).`,
  deviceLost: (reason: string) =>
    `The sound device is gone: plug it in again, or choose another one (segue devices). ${reason}`,
  deviceOpened: (sink: string) => `Sound goes to ${sink}.`,
  chosenAgain: 'Passages are chosen again.',
  imported: (added: number, failed: number) =>
    failed === 0
      ? `${added} new files are in the library.`
      : `${added} new files are in the library; ${failed} could not be read: see the import page for each of them.`,
};

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
