import type { Socket } from 'node:net';
import { endianness } from 'node:os';
import { connectionEnds, holdsSocket } from '../../../../process/connections.ts';
import { groupOf, processIds } from '../../../../process/process-tree.ts';

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
  if (holdsSocket(group, inode)) return true;
  return processIds().some((pid) => groupOf(pid) === group && holdsSocket(pid, inode));
}

/** The inode of a connection's other end, which both addresses and ports name. */
function inodeOf({ remoteAddress, remotePort = 0, localAddress, localPort = 0 }: Socket) {
  const local = endText(remoteAddress, remotePort);
  const remote = endText(localAddress, localPort);
  for (const end of connectionEnds(remotePort, localPort)) {
    if (shortEnd(end.local) === local && shortEnd(end.remote) === remote) return end.inode;
  }
  return undefined;
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
