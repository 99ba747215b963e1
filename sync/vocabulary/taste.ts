// Taste: what persons like and dislike, song by song, and what that sounds like together.
import type { CalendarMs, Failure, Nothing, PassageId, SongId } from './common.ts';
import type { Flavor } from './director.ts';

export type Opinion = 'like' | 'dislike';

/** What is liked in this household as one flavor, and how far it bends the mood that is aimed at. */
export interface Bend {
  readonly flavor: Flavor;
  /** 0 (not at all) to 1 (the mood is what is liked). */
  readonly strength: number;
}

/** What all persons together think of the songs of a passage; sums of weights. */
export interface Opinions {
  readonly likes: number;
  readonly dislikes: number;
}

export interface TasteRow extends Opinions {
  readonly song: SongId;
  readonly title: string;
  readonly artist: string;
  /** Disliked for good by somebody. */
  readonly forGood: boolean;
  /** When somebody last said so. */
  readonly atMs: CalendarMs;
}

/** `positionMs`: how far into the passage; null: it does not sound. `by`: who says so. */
interface Said {
  readonly passage: PassageId;
  readonly positionMs: number | null;
  readonly by: string;
}

export interface TasteVocabulary {
  actions: {
    /** Again within five minutes counts once more; after a dislike in that time it takes one of those back. */
    like: { input: Said; output: Opinions | Failure<'NO_SUCH_PASSAGE' | 'NO_SONG'> };
    /** `forGood`: its songs are not chosen any more, until that is taken back. */
    dislike: {
      input: Said & { readonly forGood: boolean };
      output: Opinions | Failure<'NO_SUCH_PASSAGE' | 'NO_SONG'>;
    };
    /** Everything of that kind that this person said of these songs. Idempotent. */
    takeBack: {
      input: { readonly passage: PassageId; readonly opinion: Opinion; readonly by: string };
      output: Opinions | Failure<'NO_SUCH_PASSAGE'>;
    };
    /** The library's flavors may be others now. */
    reread: { input: Nothing; output: Nothing };
  };
  queries: {
    /** One row. */
    of: { input: { passage: PassageId }; row: Opinions };
    /** One row if anything is liked that is known by its sound, and taste is to count. */
    bend: { input: { atMs: CalendarMs }; row: Bend };
    /** What was said of each song, the newest first. */
    all: { input: { limit: number }; row: TasteRow };
  };
  events: {
    /** `dislikes`: a dislike came, went, or weighs otherwise. */
    changed: { passage: PassageId; songs: readonly SongId[]; dislikes: boolean };
  };
}
