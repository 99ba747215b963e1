// Examples that come with Segue: lists them, or copies one into the state directory. For rules and for scripts.
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Args, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { table } from '../words.ts';

export interface Examples {
  /** Below deploy/, and in the state directory. */
  readonly folder: 'rules' | 'scripts';
  isWanted(file: string): boolean;
  summaryOf(text: string): string;
}

export function examplesOf({ folder, isWanted, summaryOf }: Examples) {
  return async (io: Io, { words: [wanted] }: Args): Promise<ExitCode> => {
    const from = ['../../../', '../../../../']
      .map((up) => fileURLToPath(new URL(`${up}deploy/${folder}/`, import.meta.url)))
      .find((path) => existsSync(path));
    if (from === undefined)
      return fail(io, { code: 'NOT_FOUND', message: 'The examples are not installed here.' });
    const names = readdirSync(from).filter(isWanted).sort();
    if (wanted === undefined) {
      const found = names.map((name) => ({
        name,
        summary: summaryOf(readFileSync(join(from, name), 'utf8')),
      }));
      return show(io, { ok: true, status: 200, body: { examples: found } }, (body) => [
        ...table(body.examples.map(({ name, summary }) => [name, summary])),
        `segue ${folder} examples NAME copies one into your ${folder}.`,
      ]);
    }
    const name = names.find((each) => each === wanted || each === `${wanted}${extname(each)}`);
    if (name === undefined)
      return fail(io, {
        code: 'NOT_FOUND',
        message: `There is no example "${wanted}": ${names.join(', ')}.`,
      });
    const directory = join(io.stateDirectory, folder);
    const path = join(directory, name);
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      copyFileSync(join(from, name), path, constants.COPYFILE_EXCL);
    } catch (error) {
      const message = `${path} cannot be written: ${(error as Error).message}.`;
      return fail(io, { code: 'UNREADABLE', message });
    }
    return show(
      io,
      { ok: true, status: 200, body: { path } },
      (body) => `${body.path}: change it as you like.`,
    );
  };
}
