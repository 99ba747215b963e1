// An update interrupted at every step, on a root that keeps what was installed and on one that forgets it: after the next start there
// is one whole version that plays with a database it can read, and nothing is left begun. The system is a fake of six commands;
// proof:package and image:test do the same with dpkg and systemd.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  atStart,
  begunIn,
  incoming,
  packageOf,
  recover,
  type System,
  update,
} from '../../../daemon/cli/update/steps.ts';

const folder = mkdtempSync(join(tmpdir(), 'segue-update-'));
after(() => rmSync(folder, { recursive: true }));

class PlugPulled extends Error {}

/** A machine with version 1 installed, whose plug is pulled at its nth command. */
function machine({ forgets, isGood, cutAt }: { forgets: boolean; isGood: boolean; cutAt: number }) {
  const root = mkdtempSync(join(folder, 'machine-'));
  const at = { state: join(root, 'state'), cache: join(root, 'cache'), image: join(root, 'image') };
  for (const each of Object.values(at)) mkdirSync(each);
  const database = join(at.state, 'segue.db');
  writeFileSync(database, 'of 1');
  writeFileSync(join(at.image, 'segue_1.deb'), '1');
  const is = { version: '1', state: 'installed', plays: true, commands: 0 };
  /** A version migrates the database as soon as it runs. */
  const starts = () => {
    const found = readFileSync(database, 'utf8').slice(-1);
    assert.equal(is.state, 'installed');
    assert.ok(found <= is.version, `version ${is.version} cannot read a database of ${found}`);
    writeFileSync(database, `of ${is.version}`);
    is.plays = is.version === '1' || isGood;
  };
  const system: System = {
    stateDirectory: at.state,
    cacheDirectory: at.cache,
    packageFolders: [at.image],
    run(command, ...words) {
      if (++is.commands === cutAt) throw new PlugPulled();
      const done = { ok: true, text: '' };
      if (command === 'systemctl' && words[0] === 'stop') is.plays = false;
      else if (command === 'systemctl' && words[0] === 'start') starts();
      else if (command === 'dpkg') return { ...done, ok: Number(words[1]) < Number(words[3]) };
      else if (command === 'dpkg-query') return { ...done, text: `${is.version} ${is.state}` };
      else if (command === 'env') {
        assert.equal(is.plays, false, 'files change while nothing plays');
        is.state = 'half-installed';
        if (++is.commands === cutAt) throw new PlugPulled();
        Object.assign(is, { state: 'installed', version: readFileSync(words.at(-1) as string, 'utf8') });
      } else if (command === 'cp' || command === 'chown' || command === 'chmod' || command === 'sync')
        return done;
      return done;
    },
    becomesReady: async () => is.plays,
  };
  return {
    system,
    is,
    database: () => readFileSync(database, 'utf8'),
    /** The plug back in. */
    async boot() {
      cutAt = Number.NaN;
      is.plays = false;
      if (forgets) Object.assign(is, { version: '1', state: 'installed' });
      if (forgets || begunIn(system) !== null) atStart(system, forgets);
      starts();
      const begun = begunIn(system);
      if (begun !== null) await recover(system, begun);
    },
  };
}

for (const forgets of [false, true])
  for (const isGood of [true, false])
    test(`${isGood ? 'a good' : 'a bad'} version, the plug pulled at each step, on a root that ${forgets ? 'forgets' : 'keeps'}`, async () => {
      let cuts = 0;
      for (let cutAt = 1; ; cutAt++) {
        const { system, is, database, boot } = machine({ forgets, isGood, cutAt });
        writeFileSync(incoming(system), '2');
        const ended = await update(system, { from: '1', to: '2', previous: packageOf(system, '1') }).catch(
          (error: unknown) => {
            if (error instanceof PlugPulled) return null;
            throw error;
          },
        );
        if (ended !== null) assert.equal(ended.ok, isGood, JSON.stringify(ended));
        else cuts++;
        for (let boots = 0; boots < 2; boots++) {
          await boot();
          const where = `cut ${cutAt}, boot ${boots}`;
          assert.equal(is.plays, true, where);
          assert.equal(is.state, 'installed', where);
          assert.equal(database(), `of ${is.version}`, where);
          assert.equal(begunIn(system), null, where);
          assert.ok(packageOf(system, is.version), `${where}: there is a way back from the next one`);
          assert.ok(isGood || is.version === '1', where);
        }
        if (ended !== null) {
          assert.equal(is.version, isGood ? '2' : '1', 'it stays what it was');
          break;
        }
      }
      assert.ok(cuts > 10, String(cuts));
    });
