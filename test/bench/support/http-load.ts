// Load for a web server: so many connections, each with one request on its way at a time. Reads only as much of HTTP as it
// must, to leave the processor to the server.
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly requests: number;
  readonly seconds: number;
  /** Of every request, ms. */
  readonly latencyMs: number[];
}

export interface Loader {
  /** Opens the connections. They are for one run: a server ends those that are idle for some seconds. */
  open(): Promise<void>;
  /** Asks over and over for that long. Throws when an answer is not 200. */
  run(request: string, seconds: number): Promise<Load>;
  close(): void;
}

export function createLoader(port: number, connections: number): Loader {
  let sockets: readonly Socket[] = [];

  const openOne = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket)).setNoDelay(true);
      socket.setEncoding('latin1').once('error', reject);
    });

  /** One connection until the time is over. */
  function ask(socket: Socket, request: string, untilMs: number, latencyMs: number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      let text = '';
      let sentMs = performance.now();
      const onData = (chunk: string) => {
        text += chunk;
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
        if (text.length < end + 4 + length) return;
        const nowMs = performance.now();
        latencyMs.push(nowMs - sentMs);
        const isFine = text.startsWith('HTTP/1.1 200 ') && Number.isInteger(length);
        if (!isFine || nowMs >= untilMs) {
          socket.off('data', onData);
          if (isFine) resolve();
          else reject(new Error(`answered: ${text.slice(0, 200)}`));
          return;
        }
        text = '';
        sentMs = nowMs;
        socket.write(request);
      };
      socket.on('data', onData);
      socket.once('close', () => reject(new Error('the server has ended a connection')));
      socket.write(request);
    });
  }

  return {
    async open() {
      sockets = await Promise.all(Array.from({ length: connections }, openOne));
    },
    async run(request, seconds) {
      const latencyMs: number[] = [];
      const startMs = performance.now();
      const untilMs = startMs + seconds * 1000;
      await Promise.all(sockets.map((socket) => ask(socket, request, untilMs, latencyMs)));
      return { requests: latencyMs.length, seconds: (performance.now() - startMs) / 1000, latencyMs };
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
