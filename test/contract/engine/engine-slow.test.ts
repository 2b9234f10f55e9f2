import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { useEndpoint } from '../../fixtures/endpoint.ts';

const endpoint = useEndpoint();

it.concurrent.each([
  ['headers', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Le'],
  ['a body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf'],
])('keeps half of %s for a time, and then says that it waits no longer', async (_, text) => {
  const socket = connect(Number(new URL(endpoint.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');

  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});
