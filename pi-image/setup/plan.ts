// What segue-setup.toml asks for: judged whole, then turned into the contents of files. Pure: reads and writes nothing.
import { pbkdf2Sync } from 'node:crypto';

export interface Wifi {
  readonly ssid: string;
  /** 64 hexadecimal digits. */
  readonly psk: string;
  /** ISO 3166, two letters. */
  readonly country: string;
}

export interface Setup {
  readonly hostname: string;
  readonly timezone: string;
  readonly wifi: Wifi | null;
  /** Lines as in authorized_keys. */
  readonly keys: readonly string[];
  readonly card: string;
  /** The claim code of the panel; null: as it was. */
  readonly code: string | null;
}

export type Verdict = { readonly problems: readonly string[] } | { readonly setup: Setup };

interface Known {
  /** What holds, for secrets that have been blanked. */
  readonly before: Setup | null;
  readonly isTimeZone: (name: string) => boolean;
}

type Table = Readonly<Record<string, unknown>>;

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  '': ['hostname', 'timezone', 'wifi', 'ssh', 'sound', 'panel'],
  wifi: ['network', 'password', 'country'],
  ssh: ['keys'],
  sound: ['card'],
  panel: ['code'],
};
export const CARDS = ['auto', 'hdmi', 'usb', 'hifiberry-dac'];
const KEY =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-\S+@openssh\.com) [A-Za-z0-9+/]+={0,3}( .*)?$/;

/** All that is wrong at once, in words for whoever wrote the file; or what it asks for. */
export function judge(file: Table, { before, isTimeZone }: Known): Verdict {
  const problems: string[] = [];
  const wrong = (sentence: string) => void problems.push(sentence);
  const table = (name: string): Table => {
    const value = file[name] ?? {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Table;
    wrong(`${name} must be a section, [${name}].`);
    return {};
  };
  const [wifiTable, ssh, sound, panel] = [table('wifi'), table('ssh'), table('sound'), table('panel')];
  for (const [section, read] of Object.entries({ '': file, wifi: wifiTable, ssh, sound, panel })) {
    const keys = KNOWN[section] ?? [];
    for (const key of Object.keys(read).filter((each) => !keys.includes(each)))
      wrong(`${section ? `${section}.` : ''}${key} is not known. Known are: ${keys.join(', ')}.`);
  }
  const text = (value: unknown, name: string, otherwise: string): string => {
    if (value === undefined) return otherwise;
    if (typeof value === 'string') return value.trim();
    wrong(`${name} must be a text in quotation marks.`);
    return otherwise;
  };

  const hostname = text(file.hostname, 'hostname', 'segue').toLowerCase();
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(hostname))
    wrong(
      `hostname "${hostname}" must be letters, digits and hyphens, at most 63, with no hyphen first or last.`,
    );
  const timezone = text(file.timezone, 'timezone', 'UTC') || 'UTC';
  if (!isTimeZone(timezone))
    wrong(`timezone "${timezone}" is not known. It is written like "Europe/Berlin" or "America/New_York".`);

  const wifi = judgeWifi(wifiTable, { text, wrong, before: before?.wifi ?? null });
  const keys = ssh.keys ?? [];
  if (!Array.isArray(keys)) wrong('ssh.keys must be a list in square brackets.');
  else {
    for (const [index, key] of keys.entries())
      if (typeof key !== 'string' || !KEY.test(key.trim()))
        wrong(
          `ssh.keys, number ${index + 1}: not a public key. It is one line that begins like "ssh-ed25519 AAAA".`,
        );
  }
  const card = text(sound.card, 'sound.card', 'auto').toLowerCase() || 'auto';
  if (!CARDS.includes(card)) wrong(`sound.card "${card}" is not known. Known are: ${CARDS.join(', ')}.`);
  const code = text(panel.code, 'panel.code', '').replace(/[\s-]/g, '') || null;
  // As the daemon judges it (daemon/concepts/access/claim-code.ts).
  if (code !== null && !/^[a-z0-9]{8,32}$/i.test(code))
    wrong('panel.code must be 8 to 32 letters (A to Z) and digits.');

  if (problems.length > 0) return { problems };
  const given = (keys as readonly string[]).map((key) => key.trim());
  return {
    setup: { hostname, timezone, wifi, keys: given, card, code },
  };
}

interface Help {
  readonly text: (value: unknown, name: string, otherwise: string) => string;
  readonly wrong: (sentence: string) => void;
  readonly before: Wifi | null;
}

function judgeWifi(section: Table, { text, wrong, before }: Help): Wifi | null {
  const ssid = text(section.network, 'wifi.network', '');
  if (ssid === '') return null;
  const bytes = Buffer.byteLength(ssid);
  if (bytes > 32) wrong(`wifi.network has ${bytes} bytes; a network's name has at most 32.`);
  const country = text(section.country, 'wifi.country', '').toUpperCase();
  if (!/^[A-Z]{2}$/.test(country))
    wrong('wifi.country must be two letters, like "DE": without it the radio stays silent on many channels.');
  const password = text(section.password, 'wifi.password', '');
  if (password === '') {
    if (before?.ssid === ssid) return { ...before, country };
    wrong(`wifi.password is empty, and none was taken over for "${ssid}".`);
    return null;
  }
  if (/^[0-9a-f]{64}$/i.test(password)) return { ssid, psk: password.toLowerCase(), country };
  if (!/^[\x20-\x7e]{8,63}$/.test(password)) {
    wrong('wifi.password must be 8 to 63 letters, digits and signs of the ASCII table.');
    return null;
  }
  return { ssid, psk: pskOf(ssid, password), country };
}

/**
 * The pre-shared key of WPA2 (IEEE 802.11i, annex H.4): PBKDF2 with HMAC-SHA1, the network's name as salt, 4096 rounds, 256 bits.
 */
export function pskOf(ssid: string, password: string): string {
  return pbkdf2Sync(password, ssid, 4096, 32, 'sha1').toString('hex');
}

/** wpa_supplicant's file. */
export function wifiFile({ ssid, psk, country }: Wifi): string {
  // The name as hexadecimal digits: whatever is in it is no syntax.
  return `ctrl_interface=/run/wpa_supplicant\ncountry=${country}\nnetwork={\n\tssid=${Buffer.from(ssid).toString('hex')}\n\tscan_ssid=1\n\tpsk=${psk}\n}\n`;
}

const BEGIN = '# What segue-setup.toml says about sound; written at each change of it.';
const END = '# End of what segue-setup.toml says.';

/** The firmware's config.txt with the lines for this card, and without those for another. */
export function withCard(config: string, card: string): string {
  const own = config.split('\n');
  const from = own.indexOf(BEGIN);
  const to = own.indexOf(END);
  if (from >= 0 && to > from) own.splice(from, to - from + 1);
  while (own.at(-1) === '') own.pop();
  const lines = card === 'hifiberry-dac' ? ['[all]', 'dtoverlay=segue-i2s-dac'] : [];
  return [...own, ...(lines.length > 0 ? [BEGIN, ...lines, END] : []), ''].join('\n');
}

/** ALSA's file that says which card is the default; empty: the first. */
export function soundFile(card: string): string {
  const names: Readonly<Record<string, string>> = { hdmi: 'vc4hdmi', 'hifiberry-dac': 'segueDAC' };
  const name = names[card];
  return name ? `defaults.pcm.card ${name}\ndefaults.ctl.card ${name}\n` : '';
}

/** The file with its secrets blanked, all else untouched. */
export function withoutSecrets(source: string): string {
  return source.replace(/^(\s*(?:password|code)\s*=\s*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')/gm, '$1""');
}

/** For segue-setup-result.txt, which people open with whatever they have. */
export function tell(verdict: Verdict): string {
  const lines =
    'problems' in verdict
      ? [
          'Nothing of segue-setup.toml was applied; what held before still holds. Please mend:',
          ...verdict.problems.map((each) => `* ${each}`),
        ]
      : [
          'segue-setup.toml was applied.',
          `* Name: ${verdict.setup.hostname}; the panel is at http://${verdict.setup.hostname}.local:5720`,
          `* Time zone: ${verdict.setup.timezone}`,
          `* Wi-Fi: ${verdict.setup.wifi ? `"${verdict.setup.wifi.ssid}" (${verdict.setup.wifi.country})` : 'none'}`,
          `* SSH: ${verdict.setup.keys.length === 0 ? 'nobody can log in, since there is no key' : `${verdict.setup.keys.length} key(s), user "owner"`}`,
          `* Sound: ${verdict.setup.card}`,
          ...(verdict.setup.code === null
            ? []
            : ['* Panel: whoever logs in with the code you chose is admin']),
        ];
  return `${lines.join('\r\n')}\r\n`;
}
