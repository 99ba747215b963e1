// The HTTP adapter: one koa app over the door and a few ports, for the network and for the local socket alike.
// Main thread. It decides nothing about music: it validates, asks the concepts, and shows what they say.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { createApp } from './app.ts';
import { failure } from './errors.ts';
import type { HttpPorts } from './ports.ts';
import type { Route } from './route.ts';
import { accessRoutes } from './routes/access.ts';
import { artRoutes } from './routes/art.ts';
import { backupRoutes } from './routes/backup.ts';
import { bedsideRoutes } from './routes/bedside.ts';
import { controlRoutes } from './routes/control.ts';
import { descriptionRoutes } from './routes/description.ts';
import { devRoutes } from './routes/dev.ts';
import { envelopeRoutes } from './routes/envelope.ts';
import { flavorRoutes } from './routes/flavors.ts';
import { libraryRoutes } from './routes/library.ts';
import { liveRoutes } from './routes/live.ts';
import { overrideRoutes } from './routes/override.ts';
import { queueRoutes } from './routes/queue.ts';
import { ruleRoutes } from './routes/rules.ts';
import { scriptRoutes } from './routes/scripts.ts';
import { tasteRoutes } from './routes/taste.ts';
import { timeslotRoutes } from './routes/timeslots.ts';
import { upkeepRoutes } from './routes/upkeep.ts';
import { createViews } from './views.ts';

export interface Http {
  /** For a server of any kind; requests through `socket` are not asked for Host and Origin. */
  listener(door: 'http' | 'socket'): RequestListener;
  listen(where: { host: string; port: number }): Promise<{ port: number } | Failure<'UNAVAILABLE'>>;
  /** Ends live streams, answers what is in flight within `graceMs`, then closes what is left. */
  close(graceMs?: number): Promise<void>;
  readonly routes: readonly Route[];
}

export function createHttp(ports: HttpPorts): Http {
  const socketRequests = new WeakSet<IncomingMessage>();
  const routes: Route[] = [
    ...controlRoutes(ports),
    ...queueRoutes(ports),
    ...overrideRoutes(ports),
    ...timeslotRoutes(ports),
    ...bedsideRoutes(ports),
    ...flavorRoutes(ports),
    ...tasteRoutes(ports),
    ...libraryRoutes(ports),
    ...artRoutes(ports),
    ...envelopeRoutes(ports),
    ...upkeepRoutes(ports),
    ...backupRoutes(ports),
    ...accessRoutes(ports),
    ...ruleRoutes(ports),
    ...scriptRoutes(ports),
    ...liveRoutes(ports),
    ...devRoutes(ports),
    ...descriptionRoutes(ports, () => routes),
  ];
  const app = createApp({
    ports,
    routes,
    doorOf: (request) => (socketRequests.has(request) ? 'socket' : 'http'),
  });
  const handle = app.callback();
  let server: Server | null = null;
  ports.hub.present(createViews(ports));

  const listener = (door: 'http' | 'socket'): RequestListener => {
    return (request, response) => {
      if (door === 'socket') socketRequests.add(request);
      void handle(request, response);
    };
  };

  return {
    routes,
    listener,
    listen({ host, port }) {
      const opened = createServer(listener('http'));
      return new Promise((resolve) => {
        opened.once('error', (error: NodeJS.ErrnoException) => resolve(cannotListen(error, host, port)));
        opened.listen(port, host, () => {
          server = opened;
          opened.removeAllListeners('error');
          opened.on('error', (error) => ports.log.warn('the web server', { error: error.message }));
          resolve({ port: (opened.address() as AddressInfo).port });
        });
      });
    },
    async close(graceMs = 5000) {
      ports.hub.close();
      ports.flowStream.close();
      if (server !== null) await closeServer(server, graceMs);
    },
  };
}

/** Stops accepting, lets answers finish, then ends what is left. */
function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Failure<'UNAVAILABLE'> {
  const reason: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken: stop what uses it, or choose another with --port.`,
    EACCES: `Port ${port} may not be opened: choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `${host} is no address of this machine: choose another with --bind.`,
  };
  return failure('UNAVAILABLE', reason[error.code ?? ''] ?? `The web server cannot start: ${error.message}.`);
}
