import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../../src/lib/database/postgres/postgres.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import {
  onServer,
  ownPostgresMissing,
  startPostgres,
  type TestPostgres,
} from '../../fixtures/postgres.ts';
import { certificateOf, refusalOf, SECRET } from './postgres-refusals.ts';

describe('a URL with a password that was not escaped is refused, and not shown', () => {
  it.each([
    `postgres://joe:12345/${SECRET}@host/db`,
    `postgres://joe:${SECRET}/x@host/db`,
    `postgres://joe:12345#${SECRET}@host/db`,
    `postgres://joe:12345?${SECRET}@host/db`,
    `postgres://joe:12345?a=${SECRET}@host/db`,
    `postgres://joe:${SECRET}?x@host:1/db`,
    `postgres://joe:${SECRET}@host:99999/db`,
    `postgres://joe:%ff${SECRET}@host/db`,
    `postgres:/joe:${SECRET}@host/db`,
    `mysql://joe:${SECRET}@host/db`,
    `joe:${SECRET}@host/db`,
    `host=h password=${SECRET}`,
    `postgres://joe:${SECRET}@host/db?sslmode=sometimes`,
    `postgres://joe:${SECRET}@host/db?sslmode=verify-ca`,
    `postgres://joe:${SECRET}@host/db?sslrootcert=/nowhere/ca.pem`,
  ])('%s', async (url) => {
    expect(await refusalOf(url)).toMatchObject({ code: 'InvalidDatabaseUrl', exitCode: 2 });
  });
});

describe('a server that is not there', () => {
  it.each([
    [
      `postgres://u:${SECRET}@127.0.0.1:1/d`,
      '127.0.0.1:1/d',
      'no server listens there (ECONNREFUSED)',
    ],
    [`postgresql://u:${SECRET}@[::1]:1/d`, '[::1]:1/d', /no server listens|EADDRNOTAVAIL/],
    [`postgres://u:${SECRET}@no.such.host.invalid/d`, 'no.such.host.invalid/d', 'not known'],
    [`postgres://u:${SECRET}@/d?host=/nowhere/run`, '/nowhere/run/d', '/nowhere/run/.s.PGSQL.5432'],
    ['postgres:///d?host=/nowhere&port=6543', '/nowhere:6543/d', '/nowhere/.s.PGSQL.6543'],
    ['postgres://%2Fnowhere%2Frun/d', '/nowhere/run/d', '/nowhere/run/.s.PGSQL.5432'],
  ])('%s', async (url, place, reason) => {
    const { message, code, hint } = await refusalOf(url);
    expect([code, hint]).toEqual(['DatabaseUnreachable', expect.stringMatching(/DATABASE_URL/)]);
    expect(message).toContain(`The database ${place} can't be used: `);
    expect(message).toMatch(reason);
  });
});

const TITLE = 'a server that has its rules';

describe.skipIf(ownPostgresMissing)(
  ownPostgresMissing ? `${TITLE} (skipped: ${ownPostgresMissing})` : TITLE,
  () => {
    let server: TestPostgres | undefined;
    const warnings: string[] = [];
    const note = (warning: Error): void => {
      warnings.push(warning.message);
    };
    const at = (user: string, query = '', database = 'postgres'): string => {
      const url = new URL(server?.url ?? '');
      return `postgres://${user}@${url.host}/${database}${query}`;
    };
    beforeAll(async () => {
      process.on('warning', note);
      server = await startPostgres({
        tls: true,
        access: [
          'hostssl all encrypted 127.0.0.1/32 trust',
          ...['scram-sha-256', 'md5', 'password'].map(
            (method) => `host all ${method.slice(0, 5)} 127.0.0.1/32 ${method}`,
          ),
          'host all reader 127.0.0.1/32 trust',
          'host all nobody 127.0.0.1/32 trust',
        ],
      });
      const owner = await openOrderDatabase({ url: server.url, folder: '/nowhere' });
      for (const user of ['encrypted', 'scram', 'passw', 'reader']) {
        await owner.query(`create role ${user} login password '${SECRET}'`);
        await owner.query(`grant all on schema public to ${user}`);
        await owner.query(`grant all on all tables in schema public to ${user}`);
      }
      await owner.close();
      await onServer(server.url, 'create database empty');
    }, 120_000);
    afterAll(async () => {
      process.off('warning', note);
      await server?.stop();
    });

    it.each([
      ['scram', 'demands a password of the user scram, and none is given', 'scram:PASSWORD@'],
      ['passw', 'demands a password of the user passw, and none is given', 'passw:PASSWORD@'],
      ['scram:wrong', 'refuses the password of the user scram', '%2F'],
      ['passw:wrong', 'refuses the password of the user passw', '%2F'],
      ['encrypted', 'no encryption', 'sslmode=require'],
      ['stranger', 'no pg_hba.conf entry', 'pg_hba.conf'],
      ['nobody', 'role "nobody" does not exist', 'pg_hba.conf'],
    ])('does not let %s in', async (user, reason, hint) => {
      const error = await refusalOf(at(user));
      expect([error.code, error.exitCode]).toEqual(['DatabaseAccessDenied', 4]);
      expect(error.message).toContain(reason);
      expect(error.hint).toContain(hint);
    });

    it('says that there is no such database, and how to make it', async () => {
      const error = await refusalOf(at('pubsub', '', 'lost'));
      expect(error.message).toMatch(/postgres|lost can't be used: there is no such database\.$/);
      expect(error.hint).toBe('Make it: createdb lost');
    });

    it('says who may not make tables', async () => {
      const error = await refusalOf(at('reader', '', 'empty'));
      expect(error.code).toBe('DatabaseAccessDenied');
      expect(error.message).toContain('the user reader may not make tables in it');
      expect(error.hint).toContain('grant create on schema public to reader');
    });

    it.each(['verify-full', 'verify-full&sslrootcert=system'])(
      'whose certificate nobody signed is refused with sslmode=%s',
      async (mode) => {
        const error = await refusalOf(at('encrypted', `?sslmode=${mode}`));
        expect(error.message).toContain('its certificate is not accepted (DEPTH_ZERO_SELF_SIGNED');
        expect(error.hint).toContain('sslrootcert');
      },
    );

    it('whose certificate is for another name is used with sslmode=verify-ca alone', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'pubsub-certificate-'));
      const trusted = `&sslrootcert=${join(folder, 'server.crt')}`;
      const { certificate } = await certificateOf(server?.url ?? '');
      writeFileSync(join(folder, 'server.crt'), certificate);
      const error = await refusalOf(at('encrypted', `?sslmode=verify-full${trusted}`));
      expect(error.message).toContain(
        'its certificate is for another name than 127.0.0.1 (ERR_TLS_CERT_ALTNAME_INVALID)',
      );
      expect(error.hint).toContain('sslmode=verify-ca');
      const database = openPostgres(at('encrypted', `?sslmode=verify-ca${trusted}`), 1);
      expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await database.close();
      rmSync(folder, { recursive: true });
    });

    it.each([
      ['encrypted', '?sslmode=require', true],
      ['encrypted', '?sslmode=prefer', true],
      ['encrypted', '?sslmode=no-verify', true],
      [`scram:${SECRET}`, '', false],
      [`passw:${SECRET}`, '?sslmode=disable', false],
      ['pubsub', '?sslmode=allow', false],
      ['pubsub', '?application_name=shop&options=-c%20search_path%3Dpublic', false],
    ])('lets %s in with "%s"', async (user, query, encrypted) => {
      const database = await openOrderDatabase({ url: at(user, query), folder: '/nowhere' });
      const { rows } = await database.query(
        'select ssl, current_setting($1) as name from pg_stat_ssl where pid = pg_backend_pid()',
        ['application_name'],
      );
      await database.close();
      const name = query.includes('shop') ? 'shop' : 'pubsub';
      expect(rows).toEqual([{ ssl: encrypted, name }]);
    });

    it('gets no warning of the driver into the log, however often it is used', async () => {
      const database = openPostgres(at('pubsub'), 1);
      for (let n = 0; n < 12; n++) await database.query('select 1');
      await database.close();
      expect(warnings).toEqual([]);
    });
  },
);

describe.skipIf(ownPostgresMissing)('a server without encryption', () => {
  let server: TestPostgres | undefined;
  beforeAll(async () => {
    server = await startPostgres({});
  }, 120_000);
  afterAll(() => server?.stop());

  it('is used with sslmode=prefer, and refused with sslmode=require', async () => {
    const database = await openOrderDatabase({
      url: `${server?.url}?sslmode=prefer`,
      folder: '/nowhere',
    });
    expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.close();
    const error = await refusalOf(`${server?.url}?sslmode=require`);
    expect(error.message).toContain('it takes no encrypted connections');
    expect(error.hint).toContain('sslmode=disable');
  });
});
