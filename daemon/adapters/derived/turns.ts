// Work that takes a while, one at a time: who asks for the same shares it, and it ends when the last of them has left. Main
// thread; the work itself is done by other processes.

/** A process that makes one thing, and ends. */
export interface Job<A> {
  /** Null: it ended without an answer. */
  readonly answer: Promise<A | null>;
  kill(): void;
}

export interface Turns<M> {
  /** Too many wait for their turns; what is under way already can still be shared. */
  isFull(key: string): boolean;
  /** What `make` gives at its turn. It must neither reject nor go on for long when its signal is aborted. Null: whoever asked
   *  for it has left before. */
  share(key: string, asker: AbortSignal, make: (stop: AbortSignal) => Promise<M>): Promise<M | null>;
  /** Stops what runs and all that waits. */
  close(): void;
}

interface Work<M> {
  readonly result: Promise<M | null>;
  readonly stop: AbortController;
  askers: number;
}

export function createTurns<M>(mostWaiting: number): Turns<M> {
  const works = new Map<string, Work<M>>();
  let turn: Promise<unknown> = Promise.resolve();

  function begin(key: string, make: (stop: AbortSignal) => Promise<M>): Work<M> {
    const stop = new AbortController();
    // Nobody waits for it any more, and it has not begun: then it never does.
    const result = turn.then(() => (stop.signal.aborted ? null : make(stop.signal)));
    const work: Work<M> = { result, stop, askers: 0 };
    turn = result;
    works.set(key, work);
    void result.then(() => forget(key, work));
    return work;
  }

  function forget(key: string, work: Work<M>): void {
    if (works.get(key) === work) works.delete(key);
  }

  return {
    isFull: (key) => !works.has(key) && works.size > mostWaiting,
    async share(key, asker, make) {
      const work = works.get(key) ?? begin(key, make);
      work.askers++;
      const leave = () => {
        if (--work.askers > 0) return;
        forget(key, work);
        work.stop.abort();
      };
      if (asker.aborted) leave();
      else asker.addEventListener('abort', leave, { once: true });
      const made = await work.result;
      asker.removeEventListener('abort', leave);
      return made;
    },
    close() {
      for (const work of works.values()) work.stop.abort();
    },
  };
}

/** The answer of a process; null when it gave none within `limitMs` or until `stop`: then it is killed. One that hangs in the
 *  kernel does not even die: nobody waits for it. */
export async function answerOf<A>(job: Job<A>, limitMs: number, stop: AbortSignal): Promise<A | null> {
  const stopped = new Promise<null>((resolve) =>
    stop.addEventListener('abort', () => resolve(null), { once: true }),
  );
  const answer = await within(Promise.race([job.answer, stopped]), limitMs);
  if (answer === null) job.kill();
  return answer;
}

export function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ms);
    void promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
