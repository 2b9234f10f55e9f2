import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Connections whose owner was looked up: a process keeps them. */
const checked = new WeakMap<Socket, boolean>();

/**
 * Whether a connection over loopback comes from a process or one that it has started, which stay in its process group.
 * Linux tells by /proc; elsewhere nobody can say, and every local process is taken for it.
 *
 * @param pid of the leader of the process group; undefined where it doesn't run.
 */
export function ownsConnection(socket: Socket, pid: number | undefined): boolean {
  if (pid === undefined) return false;
  const known = checked.get(socket);
  if (known !== undefined) return known;
  const owns = process.platform === 'linux' ? isOfGroup(socket, pid) : true;
  checked.set(socket, owns);
  return owns;
}

function isOfGroup({ remotePort = 0, localPort = 0 }: Socket, group: number): boolean {
  const inode = inodeOf(remotePort, localPort);
  if (inode === undefined) return false;
  return readdirSync('/proc').some(
    (name) => /^\d+$/.test(name) && groupOf(name) === group && hasSocket(name, inode),
  );
}

/** "/proc/net/tcp" (proc(5)): addresses and ports are hexadecimal; the tenth column is the socket's inode. */
function inodeOf(from: number, to: number): string | undefined {
  const port = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const [, local = '', remote = ''] = columns;
    if (local.endsWith(`:${port(from)}`) && remote.endsWith(`:${port(to)}`)) return columns[9];
  }
  return undefined;
}

/** The process group: the third field behind the name, which may hold spaces and brackets (proc(5), "stat"). */
function groupOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return undefined;
  }
}

function hasSocket(pid: string, inode: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => readlink(`${folder}/${fd}`) === `socket:[${inode}]`);
  } catch {
    return false;
  }
}

function readlink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
