// Files that are not where they were, by what is in them. Worker process; plain bookkeeping.

export interface Gone {
  /** `audioKey`: null where it was never measured. */
  add(contentKey: string, audioKey: string | null): void;
  /** Whether one of them is this; then it is no longer gone. */
  takeContent(contentKey: string): boolean;
  /** Whether any is known by its audio. */
  hasAudio(): boolean;
  takeAudio(audioKey: string): boolean;
}

export function createGone(): Gone {
  const byContent = new Map<string, (string | null)[]>();
  const audioKeys = new Map<string, number>();

  function takeAudio(key: string): boolean {
    const count = audioKeys.get(key) ?? 0;
    if (count > 1) audioKeys.set(key, count - 1);
    else audioKeys.delete(key);
    return count > 0;
  }

  return {
    add(contentKey, audioKey) {
      const same = byContent.get(contentKey);
      if (same === undefined) byContent.set(contentKey, [audioKey]);
      else same.push(audioKey);
      if (audioKey !== null) audioKeys.set(audioKey, (audioKeys.get(audioKey) ?? 0) + 1);
    },
    takeContent(contentKey) {
      const audioKey = byContent.get(contentKey)?.pop();
      if (audioKey === undefined) return false;
      if (audioKey !== null) takeAudio(audioKey);
      return true;
    },
    hasAudio: () => audioKeys.size > 0,
    takeAudio,
  };
}
