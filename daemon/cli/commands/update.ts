// update: installs a newer package of Segue, and goes back by itself when it does not become ready. As root, on an installed Segue.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createClient } from '../client.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io } from '../io.ts';
import { type About, faultOfSignature, reasonAgainst } from '../update/judge.ts';
import {
  atStart,
  begunIn,
  type Ended,
  incoming,
  installedVersion,
  isOlder,
  packageOf,
  recover,
  type System,
  update,
} from '../update/steps.ts';

const READY_MS = 60_000;
const STATE = '/var/lib/segue';
const CACHE = '/var/cache/segue';
const IMAGE = '/usr/lib/segue-image';

function systemOf(io: Io): System {
  const run = (command: string, ...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
    return { ok: status === 0, text: `${stdout ?? ''}${stderr ?? ''}` };
  };
  // The unit's own, which is not there while it is stopped.
  const client = createClient('/run/segue/segued.sock');
  const answers = async () => {
    if (!run('systemctl', 'is-active', '--quiet', 'segue').ok) return false;
    return client.get('/api/v1/status').then(
      ({ ok }) => ok,
      () => false,
    );
  };
  return {
    stateDirectory: STATE,
    cacheDirectory: CACHE,
    packageFolders: [IMAGE],
    run,
    async becomesReady() {
      const until = performance.now() + READY_MS;
      for (let good = 0; performance.now() < until; await io.sleep(1000)) {
        good = (await answers()) ? good + 1 : 0;
        if (good === 3) return true;
      }
      return false;
    },
  };
}

function aboutOf(system: System, path: string): About | null {
  const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((field) =>
    system.run('dpkg-deb', '--field', path, field),
  );
  if (!name?.ok || !version?.ok || !architecture?.ok) return null;
  return { name: name.text.trim(), version: version.text.trim(), architecture: architecture.text.trim() };
}

function tell(io: Io, ended: Ended, version: string): ExitCode {
  if (!ended.ok) return fail(io, { code: 'FAILED', message: ended.why });
  io.out(io.isJson ? JSON.stringify({ version }) : `Segue ${version} plays.`);
  return 0;
}

async function run(io: Io, { words: [file], options }: Args): Promise<ExitCode> {
  const refuse = (message: string) => fail(io, { code: 'REFUSED', message });
  if (process.getuid?.() !== 0) return refuse('Only root may update: sudo segue update FILE.deb');
  const system = systemOf(io);
  mkdirSync(CACHE, { recursive: true, mode: 0o700 });
  if (options['at-start']) {
    const ended = atStart(system, options.reinstall === true);
    if (ended?.ok === false) io.err(ended.why);
    return 0;
  }
  const begun = begunIn(system);
  if (begun !== null) {
    const ended = await recover(system, begun);
    if (options.recover || !ended.ok) return tell(io, ended, begun.to);
  }
  if (options.recover) {
    io.out(io.isJson ? '{}' : 'No update was interrupted.');
    return 0;
  }
  if (file === undefined)
    return fail(io, { code: 'USAGE', message: 'Name the package: segue update FILE.deb' }, 2);
  if (!existsSync(file)) return refuse(`There is no file ${file}.`);
  const [from = '', state] = installedVersion(system);
  if (state !== 'installed')
    return refuse('This Segue was not installed from a package: in a checkout, git pull and npm run build.');
  const content = readFileSync(file);
  const fault = options.unsigned
    ? null
    : faultOfSignature(content, existsSync(`${file}.sig`) ? readFileSync(`${file}.sig`) : null);
  if (fault !== null) return refuse(fault);
  // What was checked is what is installed, whatever becomes of the file.
  writeFileSync(incoming(system), content, { mode: 0o600 });
  const offered = aboutOf(system, incoming(system));
  if (offered === null) return refuse(`${file} is not a Debian package.`);
  const architecture = system.run('dpkg', '--print-architecture').text.trim();
  const reason = reasonAgainst(offered, { name: 'segue', version: from, architecture }, (one, other) =>
    isOlder(system, one, other),
  );
  if (reason !== null) return refuse(reason);
  const previous = packageOf(system, from);
  if (previous === null && !options['no-return'])
    return refuse(
      `There would be no way back: the package of ${from} is not kept as ${CACHE}/segue_${from}.deb. Put it there, or say --no-return.`,
    );
  return tell(io, await update(system, { from, to: offered.version, previous }), offered.version);
}

export const updateCommands: readonly Command[] = [
  {
    name: 'update',
    args: '[FILE.deb] [--unsigned] [--no-return] [--recover] [--at-start [--reinstall]]',
    summary: 'Install a newer Segue; it goes back by itself when that does not become ready',
    details:
      'Checks the signature beside the package (FILE.deb.sig), stops, keeps a copy of the database, installs, and waits a minute. As root.',
    options: {
      unsigned: { summary: 'do not look at the signature: whoever made the file gets all of this machine' },
      'no-return': { summary: 'also where the package of the running version is not at hand to go back to' },
      'at-start': { summary: 'what the system does at boot: go on with an update that was interrupted' },
      reinstall: { summary: 'at boot, where the root forgets: install the package that was installed last' },
      recover: { summary: 'end an update that was interrupted, in the new version or in the one before' },
    },
    words: [0, 1],
    run,
  },
];
