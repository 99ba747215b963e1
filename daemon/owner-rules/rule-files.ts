// Rule files: which files there are and whether they have settled, by looking. Asks the file system and nothing else.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Change {
  readonly file: string;
  /** Null: it is gone. */
  readonly text: string | null;
}

export interface RuleFiles {
  /** What has changed since the last time and, `atOnce` apart, has stood still since then: an editor may still be
   *  writing. What is gone comes first, so that a renamed file can keep the names of its rules. */
  changes(atOnce: boolean): Change[];
  /** There is no folder, and no file of it is in use. For most it is so, and asking is what an idle second costs. */
  isUnused(): boolean;
}

const isRuleFile = (name: string) => /^[^.].*\.ya?ml$/.test(name);

/** Null: no file, or none that can be looked at (a link to itself, say); the others are read all the same. */
function stateOf(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}` : null;
  } catch {
    return null;
  }
}

export function lookForRuleFiles(directory: string, isWanted = isRuleFile): RuleFiles {
  /** By file: its state when it was last handed over, and when it was last seen. */
  const taken = new Map<string, string>();
  let seen = new Map<string, string>();

  function look(): Map<string, string> {
    const found = new Map<string, string>();
    let names: string[];
    try {
      names = readdirSync(directory).filter(isWanted).sort();
    } catch {
      // Gone just now, or not ours to read.
      return found;
    }
    for (const name of names) {
      const state = stateOf(join(directory, name));
      if (state !== null) found.set(name, state);
    }
    return found;
  }

  return {
    isUnused: () => taken.size === 0 && !existsSync(directory),
    changes(atOnce) {
      const before = seen;
      seen = look();
      const changes: Change[] = [];
      for (const file of taken.keys()) if (!seen.has(file)) changes.push({ file, text: null });
      for (const { file } of changes) taken.delete(file);
      for (const [file, state] of seen) {
        if (taken.get(file) === state || !(atOnce || before.get(file) === state)) continue;
        try {
          changes.push({ file, text: readFileSync(join(directory, file), 'utf8') });
          taken.set(file, state);
        } catch {
          // Gone again, or not ours to read: the next look says.
        }
      }
      return changes;
    },
  };
}
