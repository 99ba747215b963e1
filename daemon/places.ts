// Where Segue keeps things. Shared by the daemon and the command line, so that the one finds the other. Pure but
// for looking at the environment it is given.
import { join } from 'node:path';

export interface Places {
  /** Durable: segue.db, trace.db, art, the demo library. */
  readonly stateDirectory: string;
  /** Gone after a restart of the machine where it can be: the socket, the mirrored position. */
  readonly runtimeDirectory: string;
  readonly socket: string;
  readonly database: string;
  readonly traceDatabase: string;
  /** The owner's rules (*.yaml). */
  readonly rulesDirectory: string;
  /** The owner's scripts (*.lua). */
  readonly scriptsDirectory: string;
  /** Copies of the database, and exports of what persons made. */
  readonly backupsDirectory: string;
  readonly artDirectory: string;
  readonly demoDirectory: string;
  /** What can be made again: envelopes, covers at their sizes. */
  readonly cacheDirectory: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The state directory: the flag, SEGUE_STATE, systemd's STATE_DIRECTORY, else the user's own. */
export function stateDirectoryOf(environment: Environment, flag?: string): string {
  const home = environment.HOME ?? '/root';
  const own = join(environment.XDG_STATE_HOME ?? join(home, '.local/state'), 'segue');
  return flag ?? environment.SEGUE_STATE ?? environment.STATE_DIRECTORY?.split(':')[0] ?? own;
}

/** Where the unit's RuntimeDirectory is (deploy/systemd/segue.service). */
const SERVICE_SOCKET = '/run/segue/segued.sock';

/** The socket the command line asks: of the state directory a person named, else of the service where there is one. */
export function socketFor(
  environment: Environment,
  flag: string | undefined,
  exists: (path: string) => boolean,
): string {
  const isNamed =
    flag !== undefined || environment.SEGUE_STATE !== undefined || environment.STATE_DIRECTORY !== undefined;
  if (!isNamed && exists(SERVICE_SOCKET)) return SERVICE_SOCKET;
  return placesOf(stateDirectoryOf(environment, flag), environment).socket;
}

export function placesOf(stateDirectory: string, environment: Environment): Places {
  const runtimeDirectory = environment.RUNTIME_DIRECTORY?.split(':')[0] ?? join(stateDirectory, 'run');
  return {
    stateDirectory,
    runtimeDirectory,
    socket: join(runtimeDirectory, 'segued.sock'),
    database: join(stateDirectory, 'segue.db'),
    traceDatabase: join(stateDirectory, 'trace.db'),
    rulesDirectory: join(stateDirectory, 'rules'),
    scriptsDirectory: join(stateDirectory, 'scripts'),
    backupsDirectory: join(stateDirectory, 'backups'),
    artDirectory: join(stateDirectory, 'art'),
    demoDirectory: join(stateDirectory, 'demo'),
    cacheDirectory: join(stateDirectory, 'cache'),
  };
}
