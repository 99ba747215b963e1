#!/usr/bin/env node
// Signs packages for `segue update`, by ed25519: `sign.mjs make NAME` writes NAME.key (keep it to yourself) and NAME.pem (give it to
// `npm run package -- --key`, or put it into /etc/segue/update-keys.d); `sign.mjs NAME.key FILE.deb` writes FILE.deb.sig.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [first, second] = process.argv.slice(2);
try {
  if (first === undefined || second === undefined)
    throw new Error('Usage: sign.mjs make NAME | sign.mjs NAME.key FILE.deb');
  if (first === 'make') {
    for (const path of [`${second}.key`, `${second}.pem`])
      if (existsSync(path)) throw new Error(`${path} is there already; it is not replaced.`);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(`${second}.key`, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(`${second}.pem`, publicKey.export({ type: 'spki', format: 'pem' }));
    console.log(`${second}.key signs and is yours alone; ${second}.pem is for everybody.`);
  } else {
    const key = createPrivateKey(readFileSync(first, 'utf8'));
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${first} is no ed25519 key.`);
    writeFileSync(`${second}.sig`, `${sign(null, readFileSync(second), key).toString('base64')}\n`);
    console.log(`${second}.sig`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
