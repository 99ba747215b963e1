// What the daemon does, in a line for systemd ("systemctl status segue"). Main thread; reads only.
import type { Engine } from '../sync/engine/index.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';

/** `isSafe`: without the owner's rules and scripts. */
export function statusLine(engine: Pick<Engine<Vocabulary>, 'query'>, isSafe: boolean): string {
  const line = playLine(engine);
  return isSafe ? `Safe mode. ${line}` : line;
}

function playLine(engine: Pick<Engine<Vocabulary>, 'query'>): string {
  const [status] = engine.query('Player', 'status', {});
  if (status?.passage == null) return 'Nothing plays.';
  const [card] = engine.query('Library', 'card', { passage: status.passage });
  const title = card?.title ?? `passage ${status.passage}`;
  const what = card?.artist ? `${title} by ${card.artist}` : title;
  return status.playing ? `Plays ${what}.` : `Paused in ${what}.`;
}
