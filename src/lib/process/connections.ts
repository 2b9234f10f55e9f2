import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The tables of TCP: one of IPv6 that speaks IPv4 stands in the second, as those of Java's runtimes do. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** One end of a TCP connection, as a line of Linux's tables has it (proc_net_tcp(5)). */
export interface ConnectionEnd {
  /** Address and port in hexadecimal, the address in words of the machine's order of bytes. */
  readonly local: string;
  readonly remote: string;
  /** `01` is an open connection. */
  readonly state: string;
  readonly inode: string;
}

/**
 * The ends that have both ports; several where connections differ by address alone. Linux only: elsewhere none. The
 * table of IPv6 is read only where what the other has isn't what is looked for, for the kernel takes milliseconds for each.
 */
export function* connectionEnds(localPort: number, remotePort: number): Generator<ConnectionEnd> {
  // The ports alone lead to few lines of the thousands that a busy machine may have.
  const ports = new RegExp(`^.*${portText(localPort)} \\w+${portText(remotePort)} .*$`, 'gm');
  for (const table of TABLES) {
    for (const [line] of textOf(table).matchAll(ports)) {
      const [, local = '', remote = '', state = '', , , , , , inode = ''] = line
        .trim()
        .split(/\s+/);
      yield { local, remote, state, inode };
    }
  }
}

function portText(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A system without IPv6.
    return '';
  }
}

/** Whether a process holds a socket; false for processes of others. Linux only. */
export function holdsSocket(pid: number, inode: string): boolean {
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
