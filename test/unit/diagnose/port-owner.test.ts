import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pidOfClient } from '../../../src/lib/diagnose/doctor/port-owner.ts';

// Another address of loopback may have the same port: every address of 127.0.0.0/8 is there on Linux alone.
describe.skipIf(process.platform !== 'linux')('the owner of a connection', () => {
  const servers: Server[] = [];
  let own: Socket;
  let child: ChildProcess;
  let port = 0;
  const listening = async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  let ownServer = 0;
  let otherServer = 0;

  beforeAll(async () => {
    [ownServer, otherServer] = [await listening(), await listening()];
    own = connect({ port: ownServer, host: '127.0.0.1' });
    await once(own, 'connect');
    port = own.localPort ?? 0;
    const script = `require('node:net').connect({ host: '127.0.0.1', port: ${otherServer},
      localAddress: '127.0.0.2', localPort: ${port} }, () => console.log('connected'));`;
    child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout ?? child, 'data');
  });
  afterAll(() => {
    own.destroy();
    child.kill('SIGKILL');
    for (const server of servers) server.close();
  });

  it('is told by both ports: another process may have the same one, to another server', async () => {
    expect(await pidOfClient(port, ownServer)).toBe(process.pid);
    expect(await pidOfClient(port, otherServer)).toBe(child.pid);
  });

  it('is nobody where there is no such connection', async () => {
    expect(await pidOfClient(port, 1)).toBeUndefined();
  });
});
