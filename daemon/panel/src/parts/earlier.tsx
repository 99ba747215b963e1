// What was played, newest first, as a strip; each says why it played.
import { store } from '../state/index.ts';
import { openWhy } from '../state/sheets.ts';
import { useStore } from '../state/store.ts';
import { timeOfDay } from '../words.ts';
import { Art } from './art.tsx';

const ENDINGS: Record<string, string> = {
  skipped: 'skipped',
  failed: 'could not play',
  removed: 'taken out',
};

export function Earlier() {
  const plays = useStore(store, (model) => model.history.plays);
  const past = plays.filter((play) => play.ended !== null);
  if (past.length === 0) return null;
  return (
    <section class="earlier" aria-labelledby="earlier">
      <div class="heading">
        <h3 id="earlier">Earlier</h3>
      </div>
      <ul class="strip">
        {past.map((play) => {
          const ending = ENDINGS[play.ended ?? ''];
          return (
            <li key={play.play}>
              <button type="button" onClick={() => openWhy(play.entry)} class={ending ? 'cut' : ''}>
                <Art piece={play} shown="tile" />
                <span class="title">{play.title}</span>
                <span class="by">
                  {timeOfDay(play.startedAtMs)}
                  {ending !== undefined && ` · ${ending}`}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
