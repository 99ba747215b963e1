// Whether a package may be installed over the one that runs, and whose signature is on it. Pure but for reading keys; changes nothing.
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of a package: as `dpkg-deb --field` has it. */
export interface About {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** Why `offered` may not replace `running`, in a sentence; null: it may. `isOlder` compares as dpkg does. */
export function reasonAgainst(
  offered: About,
  running: About,
  isOlder: (one: string, other: string) => boolean,
): string | null {
  if (offered.name !== running.name)
    return `This is a package of "${offered.name}", not of "${running.name}".`;
  if (offered.architecture !== running.architecture)
    return `This package is for ${offered.architecture}; this machine is ${running.architecture}.`;
  if (isOlder(offered.version, running.version))
    return `${offered.version} is older than the ${running.version} that runs, and could not read its database. Going back is only done by itself, when a new version does not become ready.`;
  return null;
}

/** Folders of public keys: the owner's, and those that came with the package. */
export const KEY_FOLDERS = ['/etc/segue/update-keys.d', '/usr/share/segue/update-keys.d'];

/** Why the signature does not hold, in a sentence; null: it is by one of the keys. It is 64 bytes, as they are or as base64. */
export function faultOfSignature(
  content: Buffer,
  signature: Buffer | null,
  folders: readonly string[] = KEY_FOLDERS,
): string | null {
  const keys = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.pem'));
  if (keys.length === 0)
    return `There is no key to check a signature with: put the maker's public key into ${folders[0]}, as NAME.pem. --unsigned installs without.`;
  if (signature === null)
    return 'The signature is missing: it belongs beside the package, as FILE.deb.sig. --unsigned installs without.';
  const bytes =
    signature.length === 64 ? signature : Buffer.from(signature.toString('latin1').trim(), 'base64');
  const isGood = keys.some((path) =>
    verify(null, content, createPublicKey(readFileSync(path, 'utf8')), bytes),
  );
  return isGood
    ? null
    : `The signature is not by any of the ${keys.length} keys in ${folders.join(' and ')}, or the file is damaged. Nothing was changed.`;
}
