import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

/** Before the engine; with a certificate for `localhost` that nobody signed. */
let server: Server;
let port: number;
const files = { bundle: '', empty: '' };

beforeAll(async () => {
  const home = pubsub.env.HOME ?? '';
  const key = join(home, 'key.pem');
  files.bundle = join(home, 'ca.pem');
  files.empty = join(home, 'empty.pem');
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const to = ['-keyout', key, '-out', files.bundle];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...kind, ...name, ...to], {
    stdio: 'pipe',
  });
  writeFileSync(files.empty, 'none');
  const inner = Number(new URL(endpoint.url).port);
  const secret = { key: readFileSync(key), cert: readFileSync(files.bundle) };
  server = createServer(secret, (socket) => {
    const out = connect(inner, '127.0.0.1');
    socket.on('error', () => out.destroy());
    out.on('error', () => socket.destroy());
    socket.pipe(out).pipe(socket);
  }).on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const whoami = (url: string, env: Record<string, string> = {}) =>
  pubsub.run(['whoami', '--endpoint-url', url], { env });

it('a certificate that nobody signed is named, and taken once AWS_CA_BUNDLE names it', async () => {
  const url = `https://localhost:${port}`;
  const refused = await whoami(url);
  expect(refused.stderr).toContain(
    `this machine does not trust the certificate of ${url} (DEPTH_ZERO_SELF_SIGNED_CERT).`,
  );
  expect(refused.stderr).toContain('export AWS_CA_BUNDLE=');
  expect(refused.code).toBe(1);
  const taken = await whoami(url, { AWS_CA_BUNDLE: files.bundle });
  expect(taken.stdout).toContain('000000000000');
  expect(taken.code).toBe(0);
});

it('a certificate for another name is named with those that it is for', async () => {
  const url = `https://127.0.0.1:${port}`;
  const { stderr, code } = await whoami(url, { AWS_CA_BUNDLE: files.bundle });
  expect(stderr).toContain(`the certificate of ${url} is for another name`);
  expect(stderr).toContain('Use a name that it is for: localhost');
  expect(code).toBe(1);
});

it('a server without TLS is named as one', async () => {
  const plain = new URL(endpoint.url).host;
  const { stderr, code } = await whoami(`https://${plain}`);
  expect(stderr).toContain(`https://${plain} answers, but not in TLS.`);
  expect(stderr).toContain(`Where it takes plain HTTP, use: http://${plain}`);
  expect(code).toBe(1);
});

it.each([
  ['there is no such file', () => '/no/such/ca.pem'],
  ['holds no certificate', () => files.empty],
])('a bundle of which it is true that %s is refused', async (words, file) => {
  const { stderr, code } = await whoami(`https://localhost:${port}`, { AWS_CA_BUNDLE: file() });
  expect(stderr).toContain(`AWS_CA_BUNDLE names ${file()}`);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
});
