import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Overview } from '../../../src/lib/dashboard/api/overview.ts';
import { SESSION_HEADER } from '../../../src/lib/dashboard/api/session.ts';
import { openStream, rawRequest } from '../../fixtures/dashboard.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-ui-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ADDRESS = /http:\/\/127\.0\.0\.1:(\d+)\/_pubsub\/ui\/#session=([\w-]{22})/;

/** Where a page is, by what was printed. */
function addressIn(text: string): { readonly port: number; readonly token: string } {
  const [, port = '0', token = ''] = ADDRESS.exec(text) ?? [];
  return { port: Number(port), token };
}

function ask(text: string, path: string, headers: Record<string, string> = {}) {
  const { port, token } = addressIn(text);
  const all = { [SESSION_HEADER]: token, ...headers };
  return rawRequest(port, `/_pubsub/ui/api/${path}`, { headers: all });
}

describe('pubsub ui', () => {
  const pubsub = usePubsub();

  it('serves the page until it is told to end, and ends in order with a tab that listens', async () => {
    await pubsub.startEngine();
    await pubsub.run(['setup', '--yes']);
    const run = pubsub.start(['ui']);
    await run.waitFor('#session=');
    const overview = await ask(run.stdout(), 'overview');
    const { topology, target, nodes } = JSON.parse(overview.text) as Overview;
    expect({ topology, kind: target.kind }).toEqual({
      topology: { name: 'orders', managed: true },
      kind: 'local',
    });
    expect(nodes).toHaveLength(7);
    const { port, token } = addressIn(run.stdout());
    const stream = openStream(port, { [SESSION_HEADER]: token });
    await expect.poll(() => stream.of('frame').length).toBeGreaterThan(0);
    run.kill('SIGTERM');
    const { code, stdout, stderr } = await run.finished;
    expect(code).toBe(0);
    expect(stdout.trim()).toMatch(new RegExp(`^${ADDRESS.source}$`));
    expect(stderr).toContain('Target: local');
    await expect(ask(stdout, 'session')).rejects.toThrow('ECONNREFUSED');
  });

  it('tells where it is as one JSON line', async () => {
    const run = pubsub.start(['ui', '--json', '--port', '0']);
    await run.waitFor('"url"');
    const line = JSON.parse(run.stdout());
    expect(line).toMatchObject({ url: expect.stringMatching(ADDRESS), pid: process.pid });
    expect(line.port).toBe(addressIn(line.url).port);
    run.kill('SIGINT');
    expect((await run.finished).code).toBe(0);
  });

  it('refuses a port that is taken, or is none', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const taken = await pubsub.json(['ui', '--port', String(port)]);
    expect(taken).toEqual({
      code: 1,
      doc: {
        error: {
          code: 'PortInUse',
          message: `Port ${port} on 127.0.0.1 is in use.`,
          hint: 'Take a free one with: pubsub ui',
        },
      },
    });
    server.close();
    for (const wrong of ['65536', '-1', 'x', '1.5', '0x50']) {
      const { code, stderr } = await pubsub.run(['ui', `--port=${wrong}`]);
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--port must be a whole number from 0 to 65535'),
      });
    }
  });

  it('refuses a topology that nobody knows, before it serves anything', async () => {
    const { code, stdout, stderr } = await pubsub.run(['ui', '--topology', 'ordres']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "orders"?');
    expect(stdout).toBe('');
  });

  it('opens a browser on a terminal only, and not with --no-open', async () => {
    const opened = join(folder, 'opened');
    const opener = join(folder, 'xdg-open');
    writeFileSync(opener, `#!/bin/sh\nprintf %s "$1" > ${opened}\n`);
    chmodSync(opener, 0o755);
    const env = { ...pubsub.env, PATH: `${folder}:${process.env.PATH}` };
    const shown = openTerminal(['ui'], env);
    await shown.waitFor('Ctrl-C ends it');
    await expect.poll(() => existsSync(opened) && readFileSync(opened, 'utf8')).toMatch(ADDRESS);
    // In one piece: a terminal of 80 columns has it on one line, to be clicked or copied.
    expect(plain(shown.output())).toMatch(ADDRESS);
    shown.type('\u0003');
    expect(await shown.exited).toBe(0);
    rmSync(opened);
    const quiet = openTerminal(['ui', '--no-open'], env);
    await quiet.waitFor('Ctrl-C ends it');
    quiet.type('\u0003');
    expect(await quiet.exited).toBe(0);
    expect(existsSync(opened)).toBe(false);
  });

  it('says where its page is beside a demo, and where the demo is', async () => {
    const run = pubsub.start(['demo', '--ui', '--pace', 'fast']);
    await run.waitFor('#session=');
    const { port, token } = addressIn(run.stderr());
    const stream = openStream(port, { [SESSION_HEADER]: token });
    await expect.poll(() => stream.of('demo').at(-1)?.state).toBeDefined();
    const { code, stdout } = await run.finished;
    expect(code, stdout).toBe(0);
    await expect.poll(() => stream.of('demo').at(-1)).toMatchObject({ step: 10, state: 'done' });
    expect(new Set(stream.of('demo').map(({ step }) => step)).size).toBeGreaterThan(5);
    expect(
      stream
        .of('frame')
        .flatMap(({ edges }) => edges)
        .some(({ passed }) => passed > 0),
    ).toBe(true);
    await expect(rawRequest(port, '/')).rejects.toThrow('ECONNREFUSED');
  });
});
