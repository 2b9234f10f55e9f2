import { afterEach, describe, expect, it, vi } from 'vitest';
import { readPostgresUrl } from '../../../src/lib/orders/postgres/url.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the URL of a Postgres server', () => {
  it.each([
    ['postgres://u:p@db.example:5433/shop', 'db.example:5433/shop', 'u', true],
    [' postgresql://u@db.example ', 'db.example', 'u', false],
    ['postgres:///shop', 'localhost/shop', undefined, false],
    ['postgres://[::1]:1/shop', '[::1]:1/shop', undefined, false],
    ['postgres://h/a%1Bb', 'h/a\\u{1b}b', undefined, false],
  ])('%s is shown as %s', (url, place, user, hasPassword) => {
    vi.stubEnv('PGUSER', '');
    vi.stubEnv('PGPASSWORD', '');
    expect(readPostgresUrl(url)).toMatchObject({ place, user, hasPassword });
  });

  it('may leave user and password to the environment', () => {
    vi.stubEnv('PGUSER', 'joe');
    vi.stubEnv('PGPASSWORD', 'secret');
    expect(readPostgresUrl('postgres://h/d')).toMatchObject({ user: 'joe', hasPassword: true });
  });

  it.each<[string, unknown, boolean]>([
    ['', undefined, false],
    ['?sslmode=disable', false, false],
    ['?sslmode=allow', false, false],
    ['?sslmode=prefer', { rejectUnauthorized: false }, true],
    ['?sslmode=require', { rejectUnauthorized: false }, false],
    ['?sslmode=no-verify', { rejectUnauthorized: false }, false],
    ['?sslmode=verify-full', {}, false],
    ['?sslmode=verify-full&sslrootcert=system', {}, false],
    ['?sslrootcert=system&sslmode=verify-full', {}, false],
    ['?uselibpqcompat=false&sslmode=require', {}, false],
  ])('with "%s" is encrypted so', (query, ssl, isEncryptionOptional) => {
    const address = readPostgresUrl(`postgres://h/d${query}`);
    expect(address.config.ssl).toEqual(ssl);
    expect(address.isEncryptionOptional).toBe(isEncryptionOptional);
  });

  it.each([
    ['http://h/d', 'is not a Postgres URL', 'DATABASE_URL=postgres://'],
    ['postgres://h:x/d', 'is not a Postgres URL', 'write / as %2F'],
    ['postgres://u:a/b@h/d', 'has a character that must be written as % and its code', '%2F'],
    ['postgres://h/d#x', 'has a character', '%23'],
    ['postgres://h/d?a-b=1', 'has a character', '%3F'],
    ['postgres://h/d?host=a@b', 'has a character', '%40'],
    ['postgres://h/d?sslmode=x', 'has an unknown sslmode', 'Use one of disable, allow, prefer'],
    ['postgres://h/d?sslmode=verify-ca', 'without a certificate authority', '&sslrootcert=FILE'],
    ['postgres://h/d?sslcert=/nowhere/c', "can't be read (ENOENT)", 'Check the file /nowhere/c'],
  ])('%s is refused: it %s', (url, problem, hint) => {
    expect(() => readPostgresUrl(url)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(problem),
        hint: expect.stringContaining(hint),
        exitCode: 2,
      }),
    );
  });

  it.each(['user=a@b', 'password=a@b', 'options=a@b'])('may have an @ in %s', (option) => {
    expect(readPostgresUrl(`postgres://h/d?${option}`).place).toBe('h/d');
  });
});
