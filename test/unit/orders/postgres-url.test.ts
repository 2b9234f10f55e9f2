import { afterEach, describe, expect, it, vi } from 'vitest';
import { postgresUnusable } from '../../../src/lib/database/postgres/problems.ts';
import { readPostgresUrl } from '../../../src/lib/database/postgres/url.ts';

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

describe('why a Postgres server can not be used', () => {
  const at = (url = 'postgres://joe:s3cr3t@h/shop') => readPostgresUrl(url);
  const told = (cause: object, url?: string) => postgresUnusable(cause, at(url));

  it.each<[object, string, string]>([
    [{ code: '28P01' }, 'it refuses the password of the user joe', 'Check the password'],
    [
      { message: 'a password must be given' },
      'it demands a password of the user joe',
      'joe:PASSWORD@h/shop',
    ],
    [{ code: '42501' }, 'the user joe may not make tables in it', 'public to joe;'],
    [
      { code: '28000', message: 'x, no encryption\nmore' },
      'let the user joe in: x, no encryption',
      'sslmode=require',
    ],
    [
      { code: '28000', message: 'x, SSL off' },
      'let the user joe in: x, SSL off',
      'sslmode=require',
    ],
    [
      { code: '08P01', message: 'SSL required' },
      'let the user joe in: SSL required',
      'sslmode=require',
    ],
    [
      { code: '28000', message: 'Peer authentication failed.' },
      'in: Peer authentication failed',
      'system user',
    ],
    [
      { code: '28000', message: 'role' },
      'does not let the user joe in: role',
      'pg_hba.conf of the server',
    ],
  ])('%j denies it', (cause, reason, hint) => {
    const error = told(cause);
    expect(error).toMatchObject({ code: 'DatabaseAccessDenied', exitCode: 4 });
    expect([error.message, error.hint]).toEqual([
      expect.stringContaining(reason),
      expect.stringContaining(hint),
    ]);
  });

  it.each(['SASL authentication failed', 'password authentication failed', 'auth failed'])(
    'PgBouncer says of a user or a password: %s',
    (message) => {
      const error = told({ code: '08P01', message });
      expect([error.code, error.exitCode]).toEqual(['DatabaseAccessDenied', 4]);
      expect(error.message).toContain('it refuses the user joe or the password');
      expect(error.hint).toContain('Check both in DATABASE_URL; write / as %2F');
    },
  );

  it.each<[object, string, string]>([
    [{ code: '3D000' }, 'there is no such database', 'createdb shop'],
    [{ message: 'no such database: x' }, 'there is no such database', 'createdb shop'],
    [
      { code: '08P01', message: 'database "x" does not exist' },
      'there is no such database',
      'createdb shop',
    ],
    [
      { message: 'server login has been failing, try again later (server_login_retry)' },
      'the pooler there gets no connection to its server: server login has been failing',
      'log of PgBouncer',
    ],
    [{ message: 'pgbouncer cannot connect to server' }, 'no connection to its server', 'PgBouncer'],
    [{ message: 'query_wait_timeout' }, 'the pooler there gets no connection', 'PgBouncer'],
    [
      { message: 'transaction blocks not allowed in statement pooling mode' },
      'the pooler there splits transactions (pool_mode = statement)',
      'pool_mode = transaction',
    ],
    [{ code: 'ECONNREFUSED' }, 'no server listens there (ECONNREFUSED)', 'Start the server'],
    [{ code: 'ENOTFOUND' }, 'its host is not known (ENOTFOUND)', 'Fix the host'],
    [{ code: 'EAI_AGAIN' }, 'its host is not known (EAI_AGAIN)', 'Fix the host'],
    [{ code: 'ETIMEDOUT' }, 'it does not answer in time', 'firewall'],
    [{ code: 'EHOSTUNREACH' }, 'it does not answer in time', 'firewall'],
    [{ message: 'timeout expired' }, 'it does not answer in time', 'firewall'],
    [{ message: 'The server does not support SSL' }, 'no encrypted connections', 'sslmode=disable'],
    [{ code: 'SELF_SIGNED_CERT' }, 'not accepted (SELF_SIGNED_CERT)', 'sslrootcert=FILE'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'for another name than h (', 'sslmode=verify-ca'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'its certificate is past its time', 'Give the server a new one'],
    [{ message: 'unsupported startup parameter: a' }, 'the pooler refuses an option', 'PgBouncer'],
    [{ code: '53300' }, 'it has no connection left', 'max_connections'],
    [{ message: 'no more connections allowed' }, 'it has no connection left', 'max_connections'],
    [{ code: '57P03' }, 'it is starting or stopping', 'in a moment'],
    [{ code: '25006' }, 'it can only be read', 'not a standby'],
    [{ code: 'ECONNRESET' }, 'it closes the connection', 'has to answer there'],
    [{ message: 'Connection terminated unexpectedly' }, 'closes the connection', 'has to answer'],
    [{ code: 'X', message: 'something.\nmore' }, 'used: something.', 'Check DATABASE_URL'],
    [{ code: 'X' }, 'used: X.', 'Check DATABASE_URL'],
    [{ message: 's3cr3t is odd' }, 'used: *** is odd.', 'Check DATABASE_URL'],
  ])('%j is told in words', (cause, reason, hint) => {
    const error = told(cause);
    expect(error).toMatchObject({ code: 'DatabaseUnreachable', exitCode: 1, cause });
    expect(error.message).toContain("The database h/shop can't be used: ");
    expect([error.message, error.hint]).toEqual([
      expect.stringContaining(reason),
      expect.stringContaining(hint),
    ]);
  });

  it.each([
    ['abc', 'used: *** is odd.'],
    ['ab', 'used: abc is odd.'],
  ])('shows nothing of the password %s that is long enough to be one', (password, message) => {
    const error = told({ message: 'abc is odd' }, `postgres://joe:${password}@h/shop`);
    expect(error.message).toContain(message);
  });

  it('is told by the first of several tries, and without a user where none is named', () => {
    vi.stubEnv('PGUSER', '');
    vi.stubEnv('PGPASSWORD', '');
    const both = new AggregateError([{ code: 'ECONNREFUSED' }, { code: 'ENOTFOUND' }]);
    expect(told(both).message).toContain('no server listens there');
    const bare = told({ code: '28P01' }, 'postgres://h/d');
    expect(bare.message).toContain('it demands a password of the user, and none is given');
    expect(bare.hint).toContain('postgres://USER:PASSWORD@h/d');
    expect(told({ code: '3D000' }, 'postgres://joe@h').hint).toBe('Make it: createdb joe');
    expect(told({ code: '3D000' }, 'postgres://h').hint).toBe('Make it: createdb orders');
  });

  it.each(['ENOENT', 'EACCES', 'ECONNREFUSED', 'ENOTSOCK'])('may be its socket: %s', (code) => {
    const error = told({ code }, 'postgres:///d?host=/run/pg&port=7');
    expect(error.message).toContain(`at the socket /run/pg/.s.PGSQL.7 (${code})`);
    expect(told({ code }, 'postgres:///d?host=/run').message).toContain('/run/.s.PGSQL.5432');
  });
});
