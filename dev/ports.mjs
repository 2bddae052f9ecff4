import { createServer } from 'node:net';

/** Whether a TCP port of the loopback address can be listened on. */
export function isPortFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

// Two callers at the same moment must not be given the same port.
const given = new Set();

/** A free TCP port: the wanted one when it is free, otherwise any. */
export async function choosePort(wanted) {
  if (wanted && !given.has(wanted) && (await isPortFree(wanted))) {
    given.add(wanted);
    return wanted;
  }
  for (;;) {
    const port = await anyFreePort();
    if (!given.has(port)) {
      given.add(port);
      return port;
    }
  }
}

/** Says that a port given by `choosePort` is no longer used. */
export function returnPort(port) {
  given.delete(port);
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
