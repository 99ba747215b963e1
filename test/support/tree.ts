// The project's own source files as git knows them (tracked and new, not ignored).
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export function sourceTree(...patterns: string[]): Map<string, string> {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...patterns], {
    encoding: 'utf8',
  });
  const paths = listed.split('\n').filter((path) => path && existsSync(path));
  return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}
