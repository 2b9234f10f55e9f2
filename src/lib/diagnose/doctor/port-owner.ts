import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** State of an open connection in `/proc/net/tcp` (proc_net_tcp(5)). */
const ESTABLISHED = '01';
/** Milliseconds that `lsof` may take. */
const PATIENCE = 5_000;

/**
 * The process of this machine that is the client of a connection. Only processes of the same user can be told.
 * @param port the client's, from 1 to 65,535. Other connections may have the same one, to other servers.
 * @param serverPort the server's.
 * @returns undefined where it can't be told. Never throws.
 */
export async function pidOfClient(port: number, serverPort: number): Promise<number | undefined> {
  return process.platform === 'linux' ? fromProc(port, serverPort) : fromLsof(port, serverPort);
}

async function fromProc(port: number, serverPort: number): Promise<number | undefined> {
  const end = (number: number): string => `:${number.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const inodes = tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, local = '', remote = '', state, , , , , , inode] = line.trim().split(/\s+/);
      const isMeant = local.endsWith(end(port)) && remote.endsWith(end(serverPort));
      return isMeant && state === ESTABLISHED && inode ? [inode] : [];
    }),
  );
  if (inodes.length === 0) return undefined;
  const wanted = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const file of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const link = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
      if (wanted.has(link)) return Number(pid);
    }
  }
  return undefined;
}

/** `lsof -F` prints a line a field: `p` and the process, then `n` and the name of each of its connections. */
function fromLsof(port: number, serverPort: number): Promise<number | undefined> {
  const argv = ['-nP', `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fpn'];
  return new Promise((resolve) => {
    execFile('lsof', argv, { timeout: PATIENCE }, (_error, stdout) => {
      let pid: number | undefined;
      for (const line of stdout.split('\n')) {
        if (line.startsWith('p')) pid = Number(line.slice(1));
        const isMeant = line.includes(`:${port}->`) && line.endsWith(`:${serverPort}`);
        if (line.startsWith('n') && isMeant) return resolve(pid);
      }
      resolve(undefined);
    });
  });
}
