// Looks at all of the database in a process of its own while the music plays: after a stop that was none, and when SQLite
// says that it is damaged. Main thread; it only asks, and tells what was found.
import { rmSync, writeFileSync } from 'node:fs';
import type { Log } from '../../ports.ts';
import { spawnCheck } from './spawn-backup.ts';

export interface LookOver {
  /** What is wrong, once something is; never, while it is sound. */
  readonly fault: Promise<string>;
  /** `why`: a sentence. While one look lasts there is no other. */
  look(why: string): void;
  end(): void;
}

/** There while all of the database should be looked at and has not been: the next start does. */
export function uncheckedMark(database: string): string {
  return `${database}.unchecked`;
}

export function createLookOver(database: string, log: Log): LookOver {
  let job: ReturnType<typeof spawnCheck> | null = null;
  let isEnded = false;
  let tell: (fault: string) => void = () => {};
  const fault = new Promise<string>((resolve) => {
    tell = resolve;
  });
  return {
    fault,
    look(why) {
      if (job !== null || isEnded) return;
      writeFileSync(uncheckedMark(database), '');
      job = spawnCheck(database);
      void job.answer.then((answer) => {
        job = null;
        if (isEnded) return;
        if ('fault' in answer) return log.warn(`${why} It could not be looked over.`, answer);
        rmSync(uncheckedMark(database), { force: true });
        const [problem] = answer.problems;
        if (problem === undefined) return log.info(`${why} All of it was looked at, and it is sound.`);
        log.error('The database is damaged: Segue begins anew with a sound one.', answer);
        tell(problem);
      });
    },
    end() {
      isEnded = true;
      job?.kill();
    },
  };
}
