import { describe, expect, it } from 'vitest';
import { readServeRequest, type ServeFlags } from '../../../src/commands/serve/request.ts';

const TOKEN = { PUBSUB_API_TOKEN: 'secret' };

describe('where pubsub serve listens', () => {
  it.each<[ServeFlags, Record<string, string>, string, number, boolean]>([
    [{}, {}, '127.0.0.1', 3000, true],
    [{}, { PORT: '8080' }, '127.0.0.1', 8080, true],
    [{ port: '0' }, { PORT: '8080' }, '127.0.0.1', 0, true],
    [{}, { PORT: '', HOST: '' }, '127.0.0.1', 3000, true],
    [{}, { PORT: '65535', HOST: '0.0.0.0', ...TOKEN }, '0.0.0.0', 65_535, false],
    [{ host: 'localhost' }, { HOST: '0.0.0.0' }, 'localhost', 3000, true],
    [{ host: '::1' }, {}, '::1', 3000, true],
    [{ trustProxy: true }, TOKEN, '127.0.0.1', 3000, false],
  ])('%j with %j', (flags, env, host, port, loopback) => {
    expect(readServeRequest(flags, env)).toMatchObject({ host, port, loopback });
  });

  it.each<[ServeFlags, Record<string, string>, string]>([
    [{}, { PORT: 'abc' }, 'PORT must be a whole number from 0 to 65535, not "abc".'],
    [{}, { PORT: '65536' }, 'PORT must be'],
    [{ port: '-1' }, {}, '--port must be'],
    [{}, { HOST: '0.0.0.0' }, 'Others could reach 0.0.0.0 (from the environment variable HOST)'],
    [{ host: '0.0.0.0' }, { HOST: '127.0.0.1' }, 'Others could reach 0.0.0.0 without a token.'],
    [{ trustProxy: true }, {}, 'Others could reach this server through its proxy'],
  ])('%j with %j is refused', (flags, env, message) => {
    expect(() => readServeRequest(flags, env)).toThrow(message);
  });
});

describe('--trust-proxy', () => {
  it.each<[string | true | undefined, readonly string[]]>([
    [undefined, []],
    [true, ['loopback', 'linklocal', 'uniquelocal']],
    ['10.0.0.0/8, 192.168.1.7', ['10.0.0.0/8', '192.168.1.7']],
    ['fd00::/8', ['fd00::/8']],
    ['loopback', ['loopback']],
    ['10.0.0.1/32', ['10.0.0.1/32']],
    ['::1/128', ['::1/128']],
  ])('%s', (trustProxy, trustedProxies) => {
    expect(readServeRequest({ trustProxy }, TOKEN)).toMatchObject({ trustedProxies });
  });

  it.each([
    '',
    'nginx',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '::1/129',
    '10.0.0/8',
    '1',
    '10.0.0.1/',
    'loopback,',
  ])('is not "%s"', (trustProxy) => {
    expect(() => readServeRequest({ trustProxy }, TOKEN)).toThrow(
      '--trust-proxy must be addresses and ranges of proxies',
    );
  });
});
