import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeRecord } from '../../../src/lib/engine/background/record.ts';
import {
  backgroundStatus,
  ensureRunning,
  readLog,
  resetState,
  startInBackground,
  stopBackground,
} from '../../../src/lib/engine/background.ts';
import { claim } from '../../../src/lib/process/lock.ts';

const folders: string[] = [];

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-background-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await stopBackground(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

const record = {
  port: 1,
  instance: 'an-earlier-start',
  ephemeral: true,
  version: 'test',
  startedAt: new Date().toISOString(),
  requestedPort: 0,
};

describe('an engine in the background', () => {
  it('starts, answers, is found, and stops', async () => {
    const stateDir = stateFolder();

    const started = await startInBackground({ stateDir, port: 0, ephemeral: true });
    const status = await backgroundStatus(stateDir);
    const health = await fetch(`${started.endpoint}/_pubsub/health`);
    const stopped = await stopBackground(stateDir);

    expect(started).toMatchObject({ started: true, running: true, ephemeral: true, stateDir });
    expect(status).toEqual({
      running: true,
      pid: started.pid,
      endpoint: started.endpoint,
      stateDir,
      ephemeral: true,
      ready: true,
      ui: expect.stringContaining('/_pubsub/ui/#session='),
    });
    expect(await health.json()).toMatchObject({ status: 'ok', pid: started.pid });
    expect(stopped).toEqual({ stopped: true, pid: started.pid });
    expect(await backgroundStatus(stateDir)).toEqual({
      running: false,
      pid: null,
      endpoint: null,
      stateDir,
      ephemeral: null,
      ready: false,
      ui: null,
    });
    const log = readLog(stateDir).map((line) => JSON.parse(line).message);
    expect(log).toEqual(['started', 'stopping', 'stopped']);
  });

  it('is one however many start it at the same moment', async () => {
    const stateDir = stateFolder();

    const all = await Promise.all(
      Array.from({ length: 6 }, () => startInBackground({ stateDir, port: 0, ephemeral: true })),
    );

    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
    expect(all.filter(({ started }) => started)).toHaveLength(1);
  });

  it('starts again after kill -9, on the same port', async () => {
    const stateDir = stateFolder();
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const first = await startInBackground({ stateDir, port, ephemeral: true });

    process.kill(first.pid, 'SIGKILL');
    const second = await ensureRunning({ stateDir });

    expect(second).toMatchObject({ started: true, endpoint: `http://127.0.0.1:${port}` });
    expect(second.pid).not.toBe(first.pid);
  });

  it('starts while the one before still ends', async () => {
    const stateDir = stateFolder();
    const first = await startInBackground({ stateDir, port: 0, ephemeral: true });

    const stopping = stopBackground(stateDir);
    await expect.poll(async () => (await backgroundStatus(stateDir)).running).toBe(false);
    const second = await startInBackground({ stateDir, port: 0, ephemeral: true });

    expect(second.pid).not.toBe(first.pid);
    await stopping;
  });
});

describe('a record that lies', () => {
  it('is no engine when its process id belongs to another program', async () => {
    const stateDir = stateFolder();
    writeRecord(stateDir, { ...record, pid: process.pid, endpoint: 'http://127.0.0.1:1' });

    expect(await backgroundStatus(stateDir)).toMatchObject({ running: false });
    expect(await stopBackground(stateDir)).toEqual({ stopped: false });
    expect(await startInBackground({ stateDir, port: 0, ephemeral: true })).toMatchObject({
      started: true,
    });
  });

  it('is no engine when another engine answers at its endpoint', async () => {
    const [stateDir, other] = [stateFolder(), stateFolder()];
    const { pid, endpoint } = await startInBackground({
      stateDir: other,
      port: 0,
      ephemeral: true,
    });
    writeRecord(stateDir, { ...record, pid, endpoint });

    expect(await backgroundStatus(stateDir)).toMatchObject({ running: false });
  });

  it('is survived when it is not JSON', async () => {
    const stateDir = stateFolder();
    writeFileSync(join(stateDir, 'engine.json'), '{');
    writeFileSync(join(stateDir, 'engine.lock.7'), '');

    expect(await startInBackground({ stateDir, port: 0, ephemeral: true })).toMatchObject({
      started: true,
    });
  });
});

describe('a state folder that can not be written', () => {
  it('is named', async () => {
    const file = join(stateFolder(), 'file');
    writeFileSync(file, '');

    const start = startInBackground({ stateDir: join(file, 'state'), port: 0 });

    await expect(start).rejects.toMatchObject({
      code: 'StateFolderUnusable',
      message: expect.stringContaining(file),
    });
  });
});

describe('a state folder that can not be read', () => {
  it('is not taken for one where nothing runs', async () => {
    const file = join(stateFolder(), 'file');
    writeFileSync(file, '');
    const stateDir = join(file, 'state');
    const refused = {
      code: 'StateFolderUnusable',
      message: `${join(stateDir, 'engine.json')} of the local engine can't be read: a part of the path is not a folder.`,
    };

    await expect(backgroundStatus(stateDir)).rejects.toMatchObject(refused);
    await expect(stopBackground(stateDir)).rejects.toMatchObject(refused);
    await expect(resetState(stateDir)).rejects.toMatchObject(refused);
    expect(() => readLog(stateDir)).toThrow(join(stateDir, 'engine.log'));
  });
});

describe('a damaged state', () => {
  it('is refused, and thrown away by a reset', async () => {
    const stateDir = stateFolder();
    await startInBackground({ stateDir, port: 0 });
    await expect(resetState(stateDir)).rejects.toMatchObject({ code: 'EngineRunning' });
    await stopBackground(stateDir);
    truncateSync(join(stateDir, 'journal', 'data.mdb'), 100);

    const start = startInBackground({ stateDir, port: 0 });

    await expect(start).rejects.toMatchObject({
      code: 'StateDamaged',
      message: expect.stringContaining(stateDir),
      hint: 'pubsub local reset',
    });
    expect(await resetState(stateDir)).toBe(true);
    expect(await resetState(stateDir)).toBe(false);
    expect(await startInBackground({ stateDir, port: 0 })).toMatchObject({ started: true });
  });
});

it('a state is not reset while an engine is about to run on it', async () => {
  const stateDir = stateFolder();
  const journal = join(stateDir, 'journal');
  mkdirSync(journal);
  // What an engine does first, long before it answers.
  const starting = await claim(stateDir, 'engine');
  if (!starting.held) throw new Error('nobody else has it');

  await expect(resetState(stateDir)).rejects.toMatchObject({ code: 'EngineRunning' });
  expect(existsSync(journal)).toBe(true);
  starting.release();
  expect(await resetState(stateDir)).toBe(true);
  expect(existsSync(journal)).toBe(false);
});

describe('a port that is taken', () => {
  it('is reported with who answers there and what to do', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('Server', 'Something/1.0');
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    const start = startInBackground({ stateDir: stateFolder(), port, ephemeral: true });

    await expect(start).rejects.toMatchObject({
      code: 'PortTaken',
      message: expect.stringContaining(
        `port ${port} is taken by another program (an HTTP server that calls itself Something/1.0)`,
      ),
      hint: 'pubsub local start --port 0',
    });
    server.close();
  });

  it('names the other engine that has it', async () => {
    const { endpoint, pid } = await startInBackground({
      stateDir: stateFolder(),
      port: 0,
      ephemeral: true,
    });

    const port = Number(new URL(endpoint).port);
    const start = startInBackground({ stateDir: stateFolder(), port, ephemeral: true });

    await expect(start).rejects.toMatchObject({
      code: 'PortTaken',
      message: expect.stringContaining(`another pubsub engine (pid ${pid}`),
    });
  });
});
