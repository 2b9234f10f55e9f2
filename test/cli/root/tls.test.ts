import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const STS = 'sts.us-east-1.amazonaws.com';
const endpoint = useEndpoint({ allowHosts: [STS] });
const pubsub = usePubsub();

const ofHome = (name: string): string => join(pubsub.env.HOME ?? '', name);

/** Makes a certificate that nobody signed. @returns what a server shows it with */
function certificate(name: string) {
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=DNS:localhost,DNS:${STS}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const to = ['-keyout', ofHome('key.pem'), '-out', ofHome(name)];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...kind, ...subject, ...to], {
    stdio: 'pipe',
  });
  return { key: readFileSync(ofHome('key.pem')), cert: readFileSync(ofHome(name)) };
}

function lead(socket: Socket, port: number): void {
  const out = connect(port, '127.0.0.1');
  socket.on('error', () => out.destroy());
  out.on('error', () => socket.destroy());
  socket.pipe(out).pipe(socket);
}

const open: Server[] = [];
async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** The engine behind TLS, and a proxy that leads everybody there. */
const ports = { tls: 0, proxy: 0 };

beforeAll(async () => {
  const engine = Number(new URL(endpoint.url).port);
  const before = (given: object) =>
    listening(
      createServer(given, (socket) => lead(socket, engine)).on('tlsClientError', () => undefined),
    );
  ports.tls = await before(certificate('ca.pem'));
  certificate('other.pem');
  const proxy = createHttpServer();
  proxy.on('connect', (_, socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    lead(socket, ports.tls);
  });
  ports.proxy = await listening(proxy);
});
afterAll(() => {
  for (const server of open) server.close();
});

const whoami = (url: string, env: Record<string, string> = {}) =>
  pubsub.run(['whoami', '--endpoint-url', url], { env });

describe('an endpoint over https', () => {
  it('has a certificate that nobody signed, and is taken once AWS_CA_BUNDLE names it', async () => {
    const url = `https://localhost:${ports.tls}`;
    const refused = await whoami(url);
    expect(refused.stderr).toContain(
      `this machine does not trust the certificate of ${url} (DEPTH_ZERO_SELF_SIGNED_CERT).`,
    );
    expect(refused.stderr).toContain('Name the certificates to trust: export AWS_CA_BUNDLE=');
    expect(refused.code).toBe(1);
    const taken = await whoami(`HTTPS://localhost:${ports.tls}`, {
      AWS_CA_BUNDLE: ofHome('ca.pem'),
    });
    expect(taken.stdout).toContain('000000000000');
    expect(taken.code).toBe(0);
  });

  it('has a certificate that the bundle does not hold', async () => {
    const { stderr } = await whoami(`https://localhost:${ports.tls}`, {
      AWS_CA_BUNDLE: ofHome('other.pem'),
    });
    expect(stderr).toContain(`${ofHome('other.pem')} doesn't hold the certificate of`);
  });

  it('has a certificate for another name, and those that it is for are named', async () => {
    const url = `https://127.0.0.1:${ports.tls}`;
    const { stderr, code } = await whoami(url, { AWS_CA_BUNDLE: ofHome('ca.pem') });
    expect(stderr).toContain(`the certificate of ${url} is for another name`);
    expect(stderr).toContain(`Use a name that it is for: localhost, ${STS}`);
    expect(code).toBe(1);
  });

  it('takes no TLS', async () => {
    const plain = new URL(endpoint.url).host;
    const { stderr, code } = await whoami(`https://${plain}`);
    expect(stderr).toContain(`https://${plain} answers, but not in TLS.`);
    expect(stderr).toContain(`Where it takes plain HTTP, use: http://${plain}`);
    expect(code).toBe(1);
  });

  it('is a finding of doctor where its certificate is not trusted', async () => {
    const { code, doc } = await pubsub.json([
      ...['doctor', '--endpoint-url', `https://localhost:${ports.tls}`],
    ]);
    expect(doc).toMatchObject({ checks: [{ id: 'endpoint', verdict: 'fail' }] });
    expect(code).toBe(3);
  });
});

describe('AWS through a proxy that reads the traffic', () => {
  // The SDK reads the environment of the process.
  beforeAll(() => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: '111122223333', AWS_SECRET_ACCESS_KEY: 'b' });
  });
  const run = (env: Record<string, string> = {}, proxy = `http://127.0.0.1:${ports.proxy}`) =>
    pubsub.run(['whoami', '--target', 'aws', '--region', 'us-east-1'], {
      env: { HTTPS_PROXY: proxy, ...env },
    });

  it('is not trusted, and is once AWS_CA_BUNDLE names the certificate of the proxy', async () => {
    const refused = await run();
    expect(refused.stderr).toContain('does not trust the certificate of AWS in us-east-1');
    expect(refused.stderr).toContain('A proxy may be reading the traffic. Name its certificate');
    const taken = await run({ AWS_CA_BUNDLE: ofHome('ca.pem') });
    expect(taken.stderr).toContain('Target: aws (account 111122223333, us-east-1)');
    expect(taken.code).toBe(0);
  });

  it('has a proxy that takes no TLS itself', async () => {
    const { stderr } = await run({}, `https://127.0.0.1:${ports.proxy}`);
    expect(stderr).toContain(`the proxy https://127.0.0.1:${ports.proxy} answers, but not in TLS.`);
    expect(stderr).toContain('Write http:// in HTTPS_PROXY');
  });
});

describe('AWS_CA_BUNDLE', () => {
  it.each([
    ["which can't be read: there is no such file", 'none.pem', undefined],
    ['which holds no certificate', 'empty.pem', 'none'],
  ])('names a file %s', async (words, name, content) => {
    if (content !== undefined) writeFileSync(ofHome(name), content);
    const { stderr, code } = await whoami(`https://localhost:${ports.tls}`, {
      AWS_CA_BUNDLE: ofHome(name),
    });
    expect(stderr).toContain(`AWS_CA_BUNDLE names ${ofHome(name)}, ${words}`);
    expect(code).toBe(2);
  });
});
