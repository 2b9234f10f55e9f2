import { describe, expect, it } from 'vitest';
import { addressGuard } from '../../../src/lib/engine/http/address-guard.ts';

const guard = addressGuard(['shop.test', '*.Example.test']);
const asked = (headers: object, localAddress?: string, url = '/') =>
  guard({ headers, url, socket: { localAddress } } as never);
const page = 'Requests from web pages are refused.';

describe('a host', () => {
  it.each([
    'localhost',
    'LOCALHOST:4566',
    'localhost.',
    'localhost.localstack.cloud',
    'sqs.us-east-1.localhost.localstack.cloud:4566',
    'a.localhost',
    'host.docker.internal',
    'gateway.docker.internal',
    'host.containers.internal',
    'host.lima.internal',
    '127.0.0.1:1',
    '127.1.2.3',
    '[::1]:4566',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    'shop.test',
    'a.example.test',
  ])('%s is of this machine, or allowed', (host) => {
    expect(asked({ host })).toBeUndefined();
    expect(asked({ host })).toBeUndefined();
  });

  it.each([
    'example.test',
    'evil.test',
    'localhost.evil.test',
    'notlocalhost',
    'a.shop.test',
    '128.0.0.1',
    '127.0.0.1.evil.test',
    '[::2]',
    '[::ffff:8.8.8.8]',
    'localhost:port',
    'local host',
    '',
  ])('%s is not', (host) => {
    expect(asked({ host })).toBe(
      `The engine is not spoken to as "${host}". If that is a name of yours, start it with --allow-host.`,
    );
  });

  it('may be the address that was connected to, with its port', () => {
    expect(asked({ host: '10.0.0.7:4566' }, '10.0.0.7')).toBeUndefined();
    expect(asked({ host: '10.0.0.7' }, '::ffff:10.0.0.7')).toBeUndefined();
    expect(asked({ host: '[fd00::1]:4566' }, 'fd00::1')).toBeUndefined();
    expect(asked({ host: '[fd00::1]' }, 'fd00::1')).toBeUndefined();
    expect(asked({ host: '10.0.0.8' }, '10.0.0.7')).toContain('is not spoken to as "10.0.0.8"');
    expect(asked({ host: 'fd00::1' }, 'fd00::1')).toContain('is not spoken to as');
  });

  it('is shown cut, and may be missing', () => {
    expect(asked({ host: 'h'.repeat(101) })).toContain(`as "${'h'.repeat(100)}".`);
    expect(asked({})).toBeUndefined();
  });
});

describe('a page', () => {
  it.each<[object, string | undefined]>([
    [{ origin: 'http://localhost:4566' }, undefined],
    [{ origin: 'https://a.example.test' }, undefined],
    [{ origin: 'https://evil.test' }, page],
    [{ origin: 'null' }, page],
    [{ origin: 'ftp://localhost' }, page],
    [{ referer: 'http://localhost:4566/page?a#b' }, undefined],
    [{ referer: 'http://evil.test/localhost' }, page],
    [{ 'sec-fetch-site': 'same-origin' }, undefined],
    [{ 'sec-fetch-site': 'none' }, undefined],
    [{ 'sec-fetch-site': 'cross-site' }, page],
    [{ 'sec-fetch-site': 'same-site' }, page],
    [{ 'sec-fetch-site': 'none', referer: 'http://evil.test/' }, undefined],
    [{ 'sec-fetch-site': 'none', origin: 'http://evil.test' }, page],
    [{}, undefined],
  ])('with %j: %s', (headers, refusal) => {
    expect(asked({ host: 'localhost', ...headers })).toBe(refusal);
  });
});

it('is no proxy', () => {
  expect(asked({ host: 'localhost' }, undefined, 'http://localhost/')).toBe(
    'The engine is not a proxy: ask for a path.',
  );
});
