// The application in a pod: returns the headers of every request, on all its ports.
import { createServer } from 'node:http';

for (const port of process.argv.slice(2)) {
  createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ address: request.socket.localAddress, headers: request.headers }));
  }).listen(Number(port));
}
