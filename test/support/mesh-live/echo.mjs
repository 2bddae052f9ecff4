// The application in a pod: tells every caller, on all its ports, with which headers the request came.
import { createServer } from 'node:http';

for (const port of process.argv.slice(2)) {
  createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ port: Number(port), headers: request.headers }));
  }).listen(Number(port));
}
