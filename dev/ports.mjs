import { createServer } from 'node:net';

/** Reports whether a TCP port of the loopback address is free. */
export function isPortFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

// Two concurrent callers must not get the same port.
const reserved = new Set();

/** Reserves a free TCP port: the preferred one if it is free, otherwise any. */
export async function choosePort(preferred) {
  if (preferred && !reserved.has(preferred) && (await isPortFree(preferred))) {
    reserved.add(preferred);
    return preferred;
  }
  for (;;) {
    const port = await anyFreePort();
    if (!reserved.has(port)) {
      reserved.add(port);
      return port;
    }
  }
}

/** Releases a port that `choosePort` returned. Releases a port that `choosePort` returned. */
export function returnPort(port) {
  reserved.delete(port);
}

function anyFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
