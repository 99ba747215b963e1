// doctor: runs every check, says what is wrong and what to do.
import type { Check } from '../answers.ts';
import { Unreachable } from '../client.ts';
import type { Command } from '../command.ts';
import type { Io } from '../io.ts';
import { checkAddon, checkDatabase, checkDisk, checkNaudiodon, checkNode } from '../local-checks.ts';

interface Devices {
  readonly devices: readonly { readonly name: string }[];
  readonly note?: string | null;
}

async function checkDaemon(io: Io): Promise<Check[]> {
  try {
    const health = await io.client.get<{ checks: readonly Check[] }>('/api/v1/health');
    if (!health.ok) return [{ name: 'daemon', ok: false, message: health.error.message }];
    const checks: Check[] = [
      { name: 'daemon', ok: true, message: `The daemon answers on ${io.client.socketPath}.` },
      ...health.body.checks.map((check) => ({ ...check, name: `daemon ${check.name}` })),
    ];
    const devices = await io.client.get<Devices>('/api/v1/devices');
    if (devices.ok) checks.push(deviceCheck(devices.body));
    return checks;
  } catch (error) {
    if (error instanceof Unreachable) return [{ name: 'daemon', ok: false, message: error.message }];
    throw error;
  }
}

function deviceCheck({ devices, note }: Devices): Check {
  const ok = devices.length > 0;
  const names = devices.map((each) => each.name).join(', ');
  const advice = 'No sound device was found: plug one in, and check that this user is in the group "audio".';
  return {
    name: 'devices',
    ok,
    message: ok ? `${devices.length} found: ${names}.` : `${advice} ${note ?? ''}`.trim(),
  };
}

export const doctorCommands: readonly Command[] = [
  {
    name: 'doctor',
    args: '',
    summary: 'Run every check, and say what is wrong and what to do',
    details: 'Exit code 1 when anything is wrong. Works without the daemon, too.',
    words: [0, 0],
    async run(io) {
      const ofDaemon = await checkDaemon(io);
      // A daemon that answers has looked at its own database and disk; where they are, this user need not know.
      const answers = ofDaemon[0]?.ok === true;
      const checks: Check[] = [
        checkNode(process.versions.node),
        checkAddon(),
        ...(answers ? [] : [checkDatabase(io.stateDirectory), checkDisk(io.stateDirectory)]),
        await checkNaudiodon(),
        ...ofDaemon,
      ];
      const ok = checks.every((check) => check.ok);
      if (io.isJson) io.out(JSON.stringify({ ok, checks }));
      else {
        for (const check of checks)
          io.out(`${check.ok ? 'ok   ' : 'WRONG'}  ${check.name.padEnd(16)} ${check.message}`);
        const wrong = checks.filter((check) => !check.ok).length;
        io.out(ok ? 'All is well.' : `${wrong} of ${checks.length} checks say that something is wrong.`);
      }
      return ok ? 0 : 1;
    },
  },
];
