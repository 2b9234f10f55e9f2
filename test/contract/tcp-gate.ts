import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A door on a port of its own in front of a server; shut, it is as if the server were gone. */
export interface TcpGate {
  readonly port: number;
  /** Cuts every connection and refuses new ones. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** Opens a gate on a free port of 127.0.0.1. */
export async function openGate(targetPort: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const open = async (): Promise<void> => {
    const opened = createServer((inner) => {
      const outer = connect({ host: '127.0.0.1', port: targetPort });
      keep(inner);
      keep(outer);
      inner.pipe(outer).pipe(inner);
      inner.on('close', () => outer.destroy());
      outer.on('close', () => inner.destroy());
    });
    server = opened;
    await new Promise<void>((resolve, reject) => {
      opened.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    port = (opened.address() as AddressInfo).port;
  };
  await open();
  return {
    get port() {
      return port;
    },
    open,
    shut: async () => {
      const closed = new Promise((resolve) => server?.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
