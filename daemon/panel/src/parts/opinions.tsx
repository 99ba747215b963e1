// What is thought of what sounds: like, dislike, and how often each was said.
import { say, store } from '../state/index.ts';
import { useStore } from '../state/store.ts';
import { Dislike, Like } from './icons.tsx';

/** What somebody hears who cannot see the number. */
const spoken = (word: string, times: number) => (times === 0 ? word : `${word} (${times} so far)`);

export function Opinions() {
  const likes = useStore(store, (model) => model.status?.current?.likes ?? 0);
  const dislikes = useStore(store, (model) => model.status?.current?.dislikes ?? 0);
  return (
    <div class="opinions">
      <button
        type="button"
        class={likes > 0 ? 'pill said' : 'pill'}
        onClick={() => void say('like')}
        aria-label={spoken('Like', likes)}
        title="More of this"
      >
        <Like />
        {likes > 0 && <span>{likes}</span>}
      </button>
      <button
        type="button"
        class={dislikes > 0 ? 'pill said' : 'pill'}
        onClick={() => void say('dislike')}
        aria-label={spoken('Dislike', dislikes)}
        title="Less of this: half as likely each time"
      >
        <Dislike />
        {dislikes > 0 && <span>{dislikes}</span>}
      </button>
    </div>
  );
}
