import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { alive } from './alive.ts';

/** What a lock file says of its owner. */
interface Owner {
  readonly pid: number;
  /** Where the owner's process answers with `token` as long as it lives. */
  readonly port: number;
  readonly token: string;
}

/** The claim of one process on a folder; it ends with the process, however that ends, or when it is released. */
export type Claim =
  | { readonly held: true; release(): void }
  | { readonly held: false; readonly pid: number };

/** How long an owner may take to show its token before it counts as busy rather than gone, in milliseconds. */
const TOKEN_TIMEOUT = 2000;

/**
 * Claims a folder for this process, until it ends or releases it.
 *
 * Lock files are numbered, and the highest number holds the lock. Whoever finds its owner dead links the next number,
 * which only one of several can do, then looks whether a yet higher one has appeared; only then are lower ones removed,
 * and the highest never is. So neither `kill -9` at any point nor two starts at one moment let two processes in.
 * An owner is alive while a socket that it keeps open answers with its token: the system closes that with the process,
 * and a process that got the same id later can't answer it.
 *
 * @param stateDir a folder that exists
 * @param name what is claimed in it; lock files begin with it
 * @throws NodeJS.ErrnoException where the folder can't be written to; nothing is left in it then
 */
export async function claim(stateDir: string, name: string): Promise<Claim> {
  const prefix = `${name}.lock.`;
  const lockPath = (number: number): string => join(stateDir, prefix + number);
  const token = randomUUID();
  const server = await answerWith(token);
  const own: Owner = { pid: process.pid, port: (server.address() as AddressInfo).port, token };
  const draft = join(stateDir, `${name}.claim.${token}`);
  try {
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
    for (;;) {
      const highest = Math.max(0, ...lockNumbers(stateDir, prefix));
      if (highest > 0) {
        const owner = readOwner(lockPath(highest));
        if (owner !== undefined && (await lives(owner))) {
          server.close();
          return { held: false, pid: owner.pid };
        }
      }
      const number = highest + 1;
      if (!linked(draft, lockPath(number))) continue;
      const numbers = lockNumbers(stateDir, prefix);
      if (Math.max(...numbers) === number) {
        for (const lower of numbers) if (lower < number) remove(lockPath(lower));
        // The file stays: without the highest number, two processes could count from different ones.
        return { held: true, release: () => server.close() };
      }
      remove(lockPath(number));
    }
  } catch (error) {
    server.close();
    throw error;
  } finally {
    remove(draft);
  }
}

function lockNumbers(stateDir: string, prefix: string): number[] {
  return readdirSync(stateDir)
    .filter((file) => file.startsWith(prefix))
    .map((file) => Number(file.slice(prefix.length)))
    .filter(Number.isInteger);
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another process removed it first.
  }
}

/** Shows `token` to whoever connects; keeps no process alive. */
function answerWith(token: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(token);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      resolve(server);
    });
  });
}

async function lives(owner: Owner): Promise<boolean> {
  if (!alive(owner.pid)) return false;
  const shown = await shownToken(owner.port);
  // A stopped or busy owner is silent: better to wait for it than to let two in.
  return shown === 'silent' || shown === owner.token;
}

/** What a port shows: a token, nothing in time, or that nobody is there. */
function shownToken(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    socket.setTimeout(TOKEN_TIMEOUT, () => {
      resolve('silent');
      socket.destroy();
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length > 100) socket.destroy();
    });
    socket.on('error', () => resolve('nobody'));
    socket.on('close', () => resolve(text));
  });
}
