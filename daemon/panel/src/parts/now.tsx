// What plays: art, names, progress, controls. During a crossfade both pieces are there, as they are in the sound.
import type { Side } from '../../../adapters/http/shapes.ts';
import { store } from '../state/index.ts';
import { crossfadeAt } from '../state/model.ts';
import { openWhy } from '../state/sheets.ts';
import { useStore } from '../state/store.ts';
import { Art } from './art.tsx';
import { useNow } from './clock.ts';
import { Controls } from './controls.tsx';
import { Crossing } from './crossing.tsx';
import { Question } from './icons.tsx';
import { Levels } from './levels.tsx';
import { Opinions } from './opinions.tsx';
import { Progress } from './progress.tsx';

/** Both pictures, each as visible as its piece is loud (equal power). */
function Stage({ piece, outgoing, share }: { piece: Side; outgoing: Side | null; share: number }) {
  return (
    <div class="stage">
      <div class="layer" key={piece.entry}>
        <Art piece={piece} shown="large" />
      </div>
      {outgoing !== null && (
        <div class="layer" key={outgoing.entry} style={{ opacity: Math.cos((share * Math.PI) / 2) }}>
          <Art piece={outgoing} shown="large" />
        </div>
      )}
      {outgoing !== null && <Crossing from={outgoing.title ?? ''} to={piece.title ?? ''} share={share} />}
    </div>
  );
}

function Empty() {
  // The banner above says it then, with what to do.
  const hasMessage = useStore(store, (model) => model.status?.autoSelect.message != null);
  const isKnown = useStore(store, (model) => model.status !== null);
  return (
    <section class="now" aria-label="Now playing">
      <div class="stage empty">
        <svg viewBox="0 0 40 24" aria-hidden="true" focusable="false">
          <path d="M3 5c13 0 21 14 34 14M3 19c13 0 21-14 34-14" />
        </svg>
      </div>
      <div class="names">
        <h2>{isKnown ? 'Nothing plays yet' : 'Connecting…'}</h2>
        {isKnown && !hasMessage && <p class="artist">The next piece begins in a moment.</p>}
      </div>
      {isKnown && <Controls />}
    </section>
  );
}

export function Now() {
  const status = useStore(store, (model) => model.status);
  const hasCrossfade = status?.crossfade != null;
  const nowMs = useNow(hasCrossfade ? 60 : null);
  if (status?.current == null) return <Empty />;
  const { current, crossfade } = status;
  const share = crossfadeAt(store.get(), nowMs);
  const outgoing = crossfade !== null && share !== null ? crossfade.from : null;
  return (
    <section class="now" aria-label="Now playing">
      <Stage piece={current} outgoing={outgoing} share={share ?? 1} />
      <div class="names">
        <h2>{current.title}</h2>
        <div class="credit">
          <div>
            <p class="artist">{current.artist}</p>
            {current.album !== null && <p class="album">{current.album}</p>}
          </div>
          <button type="button" class="pill" onClick={() => openWhy(current.entry)}>
            <Question />
            Why this?
          </button>
        </div>
        <Opinions />
      </div>
      <Progress />
      <Controls />
      <Levels />
    </section>
  );
}
