// debian/copyright of the package: Segue's own licence and those of everything that is bundled, in Debian's machine-readable form.
// Pure but for reading licences. Run by stage.mjs.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { licencesOf, readJson } from './modules.mjs';

/** Compiled into the addons, into the panel, or copied from headers: no folder of theirs is installed. */
const COMPILED_IN = [
  { name: 'preact', files: 'usr/lib/segue/dist/panel/*' },
  { name: 'node-addon-api', files: 'usr/lib/segue/build/native/segue.node' },
  { name: 'nan', files: 'usr/lib/segue/node_modules/segfault-handler/build/Release/*' },
];

const EXPAT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
const APACHE = 'On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.';
const LUA = `Copyright 1994-2024 Lua.org, PUC-Rio.\n\n${EXPAT}`;

const indented = (text) =>
  text
    .split(/\r?\n/)
    .map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`))
    .join('\n');
const paragraph = (files, holders, licence, text) =>
  `Files: ${files}\nCopyright: ${holders}\nLicense: ${licence}\n${indented(text)}\n`;

/** Who holds the copyright, by the text's own words; else the package's authors. */
function holdersOf(name, text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const said = lines.filter((line) => /^(copyright|\(c\)|©)/i.test(line) && /\d{4}|©|\(c\)/i.test(line));
  return said.length === 0 ? `the authors of ${name}` : said.join('\n ');
}

function bundled(folder, files) {
  const { name, version, license, homepage, repository } = readJson(join(folder, 'package.json'));
  const [text] = licencesOf(folder);
  const short = license ?? (/Permission is hereby granted, free/.test(text ?? '') ? 'MIT' : null);
  if (short === null || (text === undefined && short !== 'MIT'))
    throw new Error(`The licence of ${folder} is not known.`);
  const from = homepage ?? repository?.url ?? repository;
  const full = short === 'Apache-2.0' ? APACHE : (text ?? `Copyright the authors of ${name}.\n\n${EXPAT}`);
  // Each its own name: two texts of one licence differ in whom they speak for.
  const label = `${short.replaceAll(' ', '-')}-${name.replaceAll(/[@/]/g, '')}-${version}`;
  return `${paragraph(files, holdersOf(name, text ?? ''), label, full)}Comment: ${name} ${version}${from ? `, ${from}` : ''}\n`;
}

/** The whole file. `modules`: folders of the bundled npm packages. */
export function copyrightOf(root, modules) {
  const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: segue\n',
    paragraph('*', holdersOf('Segue', own), 'MIT-segue', own),
    ...COMPILED_IN.map(({ name, files }) => bundled(join(root, 'node_modules', name), files)),
    paragraph(
      'usr/lib/segue/build/native/segue-lua.node',
      '1994-2024 Lua.org, PUC-Rio, and the Segue authors',
      'MIT-lua',
      LUA,
    ),
    paragraph(
      'usr/lib/segue/node_modules/better-sqlite3/build/Release/*',
      'none for SQLite itself; Joshua Wise for better-sqlite3',
      'public-domain',
      'SQLite, which better-sqlite3 compiles in, is in the public domain. In place of a legal notice its authors give a blessing:\nMay you do good and not evil. May you find forgiveness for yourself and forgive others. May you share freely, never taking more than you give.',
    ),
    ...modules.map((folder) => bundled(folder, `usr/lib/segue/${relative(root, folder)}/*`)),
  ].join('\n');
}
