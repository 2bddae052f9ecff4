// A caller in a pod: makes one request and prints the result as JSON.
import { readFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as secured } from 'node:https';

const { host, port, name, certificates } = JSON.parse(process.argv[2]);
const print = (outcome) => {
  console.log(JSON.stringify(outcome));
  process.exit(0);
};
const options = { host, port, headers: { host: name }, agent: false, timeout: 5_000 };
// Imitates a proxy: the certificate of the workload, and the proxy's protocols.
const tls = certificates && {
  cert: readFileSync(`${certificates}/cert-chain.pem`),
  key: readFileSync(`${certificates}/key.pem`),
  ca: readFileSync(`${certificates}/root-cert.pem`),
  checkServerIdentity: () => undefined,
  ALPNProtocols: ['istio-http/1.1', 'http/1.1'],
};
const outgoing = (tls ? secured : plain)({ ...options, ...tls }, (response) => {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (chunk) => (body += chunk));
  response.on('end', () => print({ status: response.statusCode, body }));
});
outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
outgoing.on('error', (error) => print({ error: error.code ?? error.message }));
outgoing.end();
