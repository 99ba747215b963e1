// Gives the Import concept its way to the Library: every call a flow of its own through the engine's door. Main thread.
import type { Door, InputOf, OutputOf } from '../../../sync/door.ts';
import type { LibraryVocabulary } from '../../../sync/vocabulary/library.ts';
import type { ImportLibrary } from '../../concepts/import/import.ts';

export function libraryThroughDoor(door: () => Door): ImportLibrary {
  /** Rows that cannot be stored (disk full) end the job; they are read again by the next one. */
  async function run<A extends keyof LibraryVocabulary['actions'] & string>(
    action: A,
    input: InputOf<'Library', A>,
  ): Promise<OutputOf<'Library', A>> {
    const output = await door().run('Library', action, input, { door: 'timer', who: 'import' });
    if (typeof output === 'object' && output !== null && 'error' in output)
      throw new Error(`Library.${action}: ${(output as { message: string }).message}`);
    return output as OutputOf<'Library', A>;
  }
  return {
    folders: () => door().query('Library', 'folders', {}),
    knownFiles: (folder, after, limit) => door().query('Library', 'knownFiles', { folder, after, limit }),
    addFolder: (path) => run('addFolder', { path }),
    addFiles: (files) => run('addFiles', { files }),
    setAnalysis: (files) => run('setAnalysis', { files }),
    noteBroken: ({ folder, path, sizeBytes, mtimeMs }, reason) =>
      run('noteBroken', { folder, path, sizeBytes, mtimeMs, reason }),
    noteGone: ({ folder, path }) => run('noteGone', { folder, path }),
    noteUnreadable: (folder, items) => run('noteUnreadable', { folder, items }),
    reconcile: (folder, seen) => run('reconcile', { folder, seen }),
  };
}
