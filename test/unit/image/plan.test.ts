// The setup file of the card: what people write into it, and what becomes of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import {
  judge,
  pskOf,
  type Setup,
  soundFile,
  tell,
  wifiFile,
  withCard,
  withoutSecrets,
} from '../../../pi-image/setup/plan.ts';

const isTimeZone = (name: string) => ['UTC', 'Europe/Berlin'].includes(name);
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGnv me@laptop';

function judged(source: string, before: Setup | null = null) {
  return judge(parse(source), { before, isTimeZone });
}
function setupOf(source: string, before: Setup | null = null): Setup {
  const verdict = judged(source, before);
  assert.ok('setup' in verdict, JSON.stringify(verdict));
  return verdict.setup;
}
function problemsOf(source: string, before: Setup | null = null): readonly string[] {
  const verdict = judged(source, before);
  assert.ok('problems' in verdict, JSON.stringify(verdict));
  return verdict.problems;
}

test('the file that comes with the card is valid, and so is an empty one', () => {
  const nothing = {
    hostname: 'segue',
    timezone: 'UTC',
    wifi: null,
    keys: [],
    card: 'auto',
    code: null,
  };
  assert.deepEqual(setupOf(readFileSync('pi-image/boot/segue-setup.toml', 'utf8')), nothing);
  assert.deepEqual(setupOf(''), nothing);
});

test('all that is wrong is said at once', () => {
  const problems = problemsOf(`
hostname = "my radio"
timezone = "Berlin"
colour = "red"
[wifi]
network = "home"
password = "short"
[ssh]
keys = ["-----BEGIN OPENSSH PRIVATE KEY-----"]
[sound]
card = "gramophone"
[panel]
code = "1234"
`);
  for (const said of [
    /hostname "my radio"/,
    /"Berlin" is not known/,
    /colour is not known/,
    /wifi\.country/,
    /wifi\.password/,
    /ssh\.keys, number 1/,
    /gramophone/,
    /panel\.code must be 8 to 32/,
  ])
    assert.ok(
      problems.some((each) => said.test(each)),
      `${said}: ${problems.join('\n')}`,
    );
  assert.equal(problems.length, 8);
  assert.match(tell({ problems }), /^Nothing of segue-setup\.toml was applied/);
});

test('the key of a Wi-Fi is that of the standard', () => {
  // IEEE 802.11i, annex H.4.3, test vectors 1 and 2.
  assert.equal(pskOf('IEEE', 'password'), 'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e');
  assert.equal(
    pskOf('ThisIsASSID', 'ThisIsAPassword'),
    '0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af',
  );
});

test('whatever a network is called, its name is no syntax', () => {
  const { wifi } = setupOf('[wifi]\nnetwork = "a\\"}\\nkey"\npassword = "correct horse"\ncountry = "de"');
  assert.ok(wifi);
  const file = wifiFile(wifi);
  assert.match(file, /^country=DE$/m);
  assert.match(file, /^\tssid=61227d0a6b6579$/m);
  assert.equal(file.match(/[{}]/g)?.length, 2);
});

test('a password is asked for once: blanked it is the one taken over, for that network alone', () => {
  const source = `[wifi]\nnetwork = "home" # ours\n  password = "pass\\"word # 1"  # secret\ncountry = "DE"\n[ssh]\nkeys = ["${KEY}"]\n`;
  const before = setupOf(source);
  const blanked = withoutSecrets(source);
  assert.doesNotMatch(blanked, /pass\\"word/);
  assert.match(blanked, /password = "" {2}# secret/);
  assert.deepEqual(setupOf(blanked, before), before);
  assert.match(problemsOf(blanked).join(), /none was taken over for "home"/);
  assert.match(
    problemsOf(blanked.replace('home', 'other'), before).join(),
    /none was taken over for "other"/,
  );
});

test("the panel's code is taken over once, and blanked", () => {
  const source = '[panel]\ncode = "Blue Moon 42" # ours\n';
  const setup = setupOf(source);
  assert.equal(setup.code, 'BlueMoon42', 'spaces make no difference');
  assert.match(tell({ setup }), /whoever logs in with the code you chose is admin/);
  const blanked = withoutSecrets(source);
  assert.equal(blanked, '[panel]\ncode = "" # ours\n');
  assert.equal(setupOf(blanked).code, null);
  assert.doesNotMatch(tell({ setup: setupOf(blanked) }), /Panel:/);
});

test('the DAC on the pins is one block of config.txt, there when it is asked for and gone when it is not', () => {
  const config = readFileSync('pi-image/boot/config.txt', 'utf8');
  const withDac = withCard(config, 'hifiberry-dac');
  assert.match(withDac, /\[all\]\ndtoverlay=segue-i2s-dac\n/);
  assert.equal(withCard(withDac, 'hifiberry-dac'), withDac);
  assert.equal(withCard(withDac, 'usb'), config);
  assert.equal(withCard(config, 'auto'), config);
  assert.match(soundFile('hifiberry-dac'), /segueDAC/);
  assert.equal(soundFile('auto'), '');
});
