import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { endianness } from 'node:os';

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

function isOfGroup(socket: Socket, group: number): boolean {
  const inode = inodeOf(socket);
  if (inode === undefined) return false;
  // The leader itself, but for bootstraps that start another program.
  if (hasSocket(String(group), inode)) return true;
  return readdirSync('/proc').some(
    (name) => /^\d+$/.test(name) && groupOf(name) === group && hasSocket(name, inode),
  );
}

/** The tables of sockets: one of IPv6 that speaks IPv4 stands in the second, as those of Java's runtimes do. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** The inode of a connection's other end: the tenth column of its line (proc(5)), which both addresses and ports name. */
function inodeOf({ remoteAddress, remotePort, localAddress, localPort }: Socket) {
  const local = endText(remoteAddress, remotePort);
  const remote = endText(localAddress, localPort);
  // The ports alone lead to few lines of the thousands that a busy machine may have.
  const ports = new RegExp(`^.*${local.slice(-5)} \\w+${remote.slice(-5)} .*$`, 'gm');
  for (const table of TABLES) {
    for (const [line] of textOf(table).matchAll(ports)) {
      const columns = line.trim().split(/\s+/);
      if (shortEnd(columns[1] ?? '') === local && shortEnd(columns[2] ?? '') === remote) {
        return columns[9];
      }
    }
  }
  return undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A system without IPv6.
    return '';
  }
}

/** An IPv4 address and port as the tables write them: hexadecimal, the address in the order of the machine's bytes. */
function endText(address = '', port = 0): string {
  const bytes = Buffer.from(
    address
      .replace(/^::ffff:/, '')
      .split('.')
      .map(Number),
  );
  if (endianness() === 'LE') bytes.reverse();
  const portText = port.toString(16).padStart(4, '0');
  return `${bytes.toString('hex')}:${portText}`.toUpperCase();
}

/** An IPv4 address without what an IPv6 socket puts before it: of its four words the last is the address. */
function shortEnd(end: string): string {
  return MAPPED.has(end.slice(0, 24)) ? end.slice(24) : end;
}

/** `::ffff:` in three words, in either order of bytes. */
const MAPPED: ReadonlySet<string> = new Set(
  ['FFFF0000', '0000FFFF'].map((word) => word.padStart(24, '0')),
);

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
