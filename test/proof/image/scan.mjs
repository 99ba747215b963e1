// Looks from its own network namespace at a machine: every TCP port, and some of UDP that machines like to have open. Word: the
// address. Prints what answered as JSON. A port that refuses is closed; one that says nothing within 2 s would be filtered.
import { createSocket } from 'node:dgram';
import { Socket } from 'node:net';

const [address] = process.argv.slice(2);
const AT_ONCE = 200;

function knock(port) {
  return new Promise((resolve) => {
    const socket = new Socket();
    const end = (what) => {
      socket.destroy();
      resolve(what);
    };
    socket.setTimeout(10_000, () => end('silent'));
    socket.once('error', (error) => end(error.code === 'ECONNREFUSED' ? 'closed' : error.code));
    socket.connect(port, address, () => end('open'));
  });
}

const seen = { open: [], other: [] };
let next = 1;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next <= 65_535) {
      const port = next++;
      const what = await knock(port);
      if (what === 'open') seen.open.push(port);
      else if (what !== 'closed') seen.other.push([port, what]);
    }
  }),
);

/** Which answer at all: a query for segue's service that mDNS would know, sent to each. */
const query = Buffer.concat([
  Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
  ...['_http', '_tcp', 'local'].map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
  Buffer.from([0, 0, 12, 0, 1]),
]);
seen.answered = [];
for (const port of [53, 67, 69, 111, 123, 137, 161, 500, 514, 631, 1900, 4500, 5353, 5355, 5720]) {
  const answered = await new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (what) => {
      clearTimeout(timer);
      socket.close();
      resolve(what);
    };
    const timer = setTimeout(end, 3000, false);
    socket.once('message', () => end(true));
    socket.once('error', () => end(false));
    socket.connect(port, address, () => socket.send(query));
  });
  if (answered) seen.answered.push(port);
}
console.log(JSON.stringify(seen));
