import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A real server's database for one test file. */
export interface TestPostgres {
  readonly url: string;
  /** Stops the server at once and starts it again at the same address; undefined where it isn't ours. */
  readonly outage: ((during: () => Promise<void>) => Promise<void>) | undefined;
  stop(): Promise<void>;
}

/** A URL of a database that tests may make databases beside. */
const GIVEN = process.env.PUBSUB_TEST_DATABASE_URL || undefined;

/** Why there is no real server to test against; undefined where there is one. */
export const postgresMissing: string | undefined =
  GIVEN || (binaries() && user())
    ? undefined
    : 'no Postgres server is installed here (initdb), nor PUBSUB_TEST_DATABASE_URL given';

/**
 * Starts a private server in a temporary folder, on a free port; with PUBSUB_TEST_DATABASE_URL, makes a database of its
 * own on that server instead. `stop` removes it.
 */
export async function startPostgres(): Promise<TestPostgres> {
  if (GIVEN) return createOn(GIVEN);
  const bin = binaries() ?? '';
  // A short path that any user may reach: the server runs as another one, and has a socket in it.
  const folder = mkdtempSync(join(existsSync('/tmp') ? '/tmp' : tmpdir(), 'pubsub-postgres-'));
  // The server refuses to run as root: it gets another user where the tests do.
  const ids: { uid?: number; gid?: number } = user() ?? {};
  if (ids.uid !== undefined) chownSync(folder, ids.uid, ids.gid ?? ids.uid);
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'pubsub', '-A', 'trust', '-E', 'UTF8', '-N'],
    {
      ...ids,
      cwd: folder,
      stdio: 'pipe',
    },
  );
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const start = () =>
      spawn(
        join(bin, 'postgres'),
        ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off'],
        { ...ids, cwd: folder, stdio: 'ignore' },
      );
    let server = start();
    const url = `postgres://pubsub@127.0.0.1:${port}/postgres`;
    if (await ready(server, url)) {
      return {
        url,
        outage: async (during) => {
          await quit(server);
          await during();
          server = start();
          if (!(await ready(server, url))) throw new Error('The server does not start again.');
        },
        stop: async () => {
          await quit(server);
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    if (attempt === 3) throw new Error('The Postgres server does not start.');
  }
}

async function createOn(url: string): Promise<TestPostgres> {
  const name = `pubsub_test_${process.pid}_${Date.now()}`;
  await once(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    outage: undefined,
    stop: () => once(url, `drop database ${name} with (force)`),
  };
}

async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end().catch(() => {});
  }
}

async function ready(server: ChildProcess, url: string): Promise<boolean> {
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    if (server.exitCode !== null) return false;
    try {
      await once(url, 'select 1');
      return true;
    } catch {
      await sleep(50);
    }
  }
  server.kill('SIGKILL');
  return false;
}

async function quit(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  // SIGQUIT: at once, without writing back what is thrown away anyway.
  server.kill('SIGQUIT');
  await gone;
}

/** The folder of initdb and postgres: Debian keeps them out of PATH. */
function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => +b - +a) : [];
  return [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ].find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
}

/** Whom to run the server as: somebody else than root, or nobody in particular; undefined where there is none. */
function user(): { uid?: number; gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user.
    }
  }
  return undefined;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
