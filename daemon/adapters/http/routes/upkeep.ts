// Routes for upkeep: import, settings, devices, health, counters.
import { failure, isFailure } from '../errors.ts';
import { answerWhileThere } from '../leaving.ts';
import type { HttpPorts } from '../ports.ts';
import { Reply, type Route, route } from '../route.ts';
import { anyObject, boolean, object, optional, text } from '../schema.ts';
import { healthView, importView } from '../views.ts';

const ON_A_JOB = [
  { action: 'pause', summary: 'Let an import rest: its process ends, what is in stays' },
  { action: 'resume', summary: 'Let a paused import go on' },
  { action: 'cancel', summary: 'Stop an import; what is in stays' },
] as const;

function importRoutes({ door }: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/import',
      summary: 'How the import stands, and what failed',
      run: () => importView(door),
    }),
    route('POST', {
      path: '/api/v1/import',
      summary:
        'Scan every music folder, or add and scan one; with retry also what was broken and has not changed',
      right: 'admin',
      body: object({ path: optional(text({ minLength: 1, maxLength: 4096 })), retry: optional(boolean()) }),
      async run({ body, origin }) {
        const { path, retry } = body;
        const input = { ...(path !== undefined && { path }), ...(retry !== undefined && { retry }) };
        const started = await door.run('Import', 'start', input, origin);
        return isFailure(started) ? started : new Reply(202, started);
      },
    }),
    ...ON_A_JOB.map(({ action, summary }) =>
      route('POST', {
        path: `/api/v1/import/:id/${action}`,
        summary,
        right: 'admin',
        run({ params, origin }) {
          const job = /^[1-9]\d{0,14}$/.test(params.id ?? '') ? Number(params.id) : null;
          return job === null
            ? failure('NOT_FOUND', `There is no import "${params.id}".`)
            : door.run('Import', action, { job }, origin);
        },
      }),
    ),
  ];
}

function settingRoutes({ door }: HttpPorts): Route[] {
  const all = () => ({ settings: door.query('Settings', 'all', {}) });
  return [
    route('GET', { path: '/api/v1/settings', summary: 'All settings, with meaning and range', run: all }),
    route('PUT', {
      path: '/api/v1/settings',
      summary: 'Change settings: {key: value, ...}; the first that is refused ends it',
      right: 'admin',
      body: anyObject(),
      async run({ body, origin }) {
        const known = new Set(door.query('Settings', 'all', {}).map((row) => row.key));
        const unknown = Object.keys(body).filter((key) => !known.has(key));
        if (unknown.length > 0)
          return failure('UNKNOWN_SETTING', `There is no setting "${unknown[0]}": GET /api/v1/settings.`);
        const done: string[] = [];
        for (const [key, value] of Object.entries(body)) {
          const answer = await door.run('Settings', 'set', { key, value }, origin);
          if (isFailure(answer)) return { ...answer, details: { key, alreadySet: done } };
          done.push(key);
        }
        return all();
      },
    }),
  ];
}

export function upkeepRoutes(ports: HttpPorts): Route[] {
  const { door } = ports;
  return [
    ...importRoutes(ports),
    ...settingRoutes(ports),
    route('GET', {
      path: '/api/v1/devices',
      summary: 'Sound devices',
      run: () => ports.devices(),
    }),
    route('GET', {
      path: '/api/v1/audio',
      summary: 'The audio core: output, callback times, levels, voices, counters',
      run: () => ports.audioStats(),
    }),
    route('GET', {
      path: '/api/v1/audio/meters',
      summary: 'Levels and voices alone: cheap enough to ask several times a second',
      run: () => ports.meters(),
    }),
    route('POST', {
      path: '/api/v1/audio/test',
      summary: 'A quiet tone left, right and on both through the device, while the music waits',
      right: 'admin',
      raw: (ctx) => answerWhileThere(ctx, (signal) => ports.audioTest(signal)),
    }),
    route('GET', {
      path: '/api/v1/memory',
      summary: 'Memory of the daemon by what it is for',
      run: () => ports.memoryParts(),
    }),
    route('GET', {
      path: '/api/v1/health',
      summary: 'Every check in words; 503 when one fails',
      run() {
        const health = healthView(door);
        return new Reply(health.ok ? 200 : 503, health);
      },
    }),
  ];
}
