import { type AddressInfo, createServer } from 'node:net';

import pg from 'pg';
import { DataSource } from 'typeorm';
import { expect, test } from 'vitest';

import { dataSourceOptions } from './data-source-options.js';
import { surviveUnheardErrors } from './unheard-errors.js';

test('a connection that is lost while nobody listens throws nothing; one that is listened to tells', () => {
  surviveUnheardErrors();
  const client = new pg.Client();
  const error = new Error('terminating connection due to administrator command');
  expect(client.emit('error', error)).toBe(false);
  const heard: unknown[] = [];
  client.on('error', (each) => heard.push(each));
  expect(client.emit('error', error)).toBe(true);
  expect(heard).toEqual([error]);
});

/** A message of the Postgres protocol: a type, a length in four bytes, and a body. */
function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}

test('a database that says welcome and farewell in one packet ends no process', async () => {
  const farewell = 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
  const greeting = Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I'), message('E', farewell)]);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(greeting));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `postgresql://nobody@127.0.0.1:${port}/nothing`;
  const dataSource = new DataSource(dataSourceOptions({ url, poolSize: 1 }, 'unheard-errors'));
  await expect(dataSource.initialize()).rejects.toThrow(/administrator command|Connection|connection/);
  server.close();
});
