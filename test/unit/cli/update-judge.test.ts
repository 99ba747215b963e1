// Which packages an update takes, and whose signatures.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { faultOfSignature, reasonAgainst } from '../../../daemon/cli/update/judge.ts';

const running = { name: 'segue', version: '1.2', architecture: 'arm64' };
const reason = (offered: Partial<typeof running>) =>
  reasonAgainst({ ...running, ...offered }, running, (one, other) => Number(one) < Number(other));

test('a newer or the same version is taken; another package, processor or an older version is not', () => {
  assert.equal(reason({ version: '1.3' }), null);
  assert.equal(reason({}), null);
  assert.match(String(reason({ name: 'mpd' })), /"mpd"/);
  assert.match(String(reason({ architecture: 'amd64' })), /for amd64/);
  assert.match(String(reason({ version: '1.1' })), /older/);
});

test('a signature holds raw and as base64, for these bytes and a known key alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'segue-keys-'));
  try {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const content = Buffer.from('a package');
    const signature = sign(null, content, privateKey);
    const fault = (bytes: Buffer, by: Buffer | null) => faultOfSignature(bytes, by, [folder]);
    assert.match(String(fault(content, signature)), /no key/);
    writeFileSync(join(folder, 'a.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    assert.equal(fault(content, signature), null);
    assert.equal(fault(content, Buffer.from(`${signature.toString('base64')}\n`)), null);
    assert.match(String(fault(content, null)), /missing/);
    assert.match(String(fault(Buffer.from('another'), signature)), /not by any/);
    const other = sign(null, content, generateKeyPairSync('ed25519').privateKey);
    assert.match(String(fault(content, other)), /not by any/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
