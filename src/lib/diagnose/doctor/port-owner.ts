import { execFile } from 'node:child_process';
import { connectionEnds, holdsSocket } from '../../process/connections.ts';
import { processIds } from '../../process/process-tree.ts';

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

/** Connections that were looked up: `/proc` is searched once for each, not each time that a page or a board looks. */
const known = new Map<string, { readonly pid: number; readonly inode: string }>();
/** Connections that are remembered. */
const MAX_KNOWN = 1_000;

function fromProc(port: number, serverPort: number): number | undefined {
  const key = `${port} ${serverPort}`;
  const before = known.get(key);
  // An inode belongs to one socket for as long as that is open.
  if (before !== undefined && holdsSocket(before.pid, before.inode)) return before.pid;
  known.delete(key);
  for (const { state, inode } of connectionEnds(port, serverPort)) {
    if (state !== ESTABLISHED) continue;
    const pid = processIds().find((each) => holdsSocket(each, inode));
    if (pid === undefined) continue;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, { pid, inode });
    return pid;
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
