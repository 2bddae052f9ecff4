import pg from 'pg';
import { expect, test } from 'vitest';

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
