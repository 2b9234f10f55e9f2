import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { AliveFile } from '../../../src/commands/listen/alive-file.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-alive-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('listen --alive-file', () => {
  const endpoint = useEndpoint();
  const pubsub = usePubsub();

  it('is there while the listener works, and gone after it', async () => {
    const flags = ['--prefix', uniquePrefix(), '--endpoint-url', endpoint.url];
    await pubsub.run(['setup', ...flags]);
    await pubsub.run(['publish', 'order.created', ...flags]);
    const path = join(folder, 'alive');
    const listener = pubsub.spawn(['listen', 'all', '--alive-file', path, ...flags]);
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(`${listener.child.pid}\n`), {
      timeout: 60_000,
    });
    listener.child.kill('SIGTERM');
    expect((await listener.finished).code).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it('is refused where it can not be', async () => {
    const flags = ['--prefix', uniquePrefix(), '--endpoint-url', endpoint.url];
    await pubsub.run(['setup', ...flags]);
    const path = join(folder, 'nowhere', 'alive');
    const { code, stderr } = await pubsub.run(['listen', 'email', '--alive-file', path, ...flags]);
    expect(stderr).toContain(`${path} can't be written`);
    expect(code).toBe(1);
  });

  it.each([
    ['a device', () => '/dev/null'],
    [
      'a file of the user',
      () => {
        const path = join(folder, 'notes.txt');
        writeFileSync(path, 'precious');
        return path;
      },
    ],
  ])('leaves %s as it is', async (_, place) => {
    const path = place();
    const before = [statSync(path).mode, readFileSync(path, 'utf8')];
    const flags = ['--prefix', uniquePrefix(), '--endpoint-url', endpoint.url];
    await pubsub.run(['setup', ...flags]);
    const { code, stderr } = await pubsub.run(['listen', 'email', '--alive-file', path, ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${path} is no alive file`)]);
    expect([statSync(path).mode, readFileSync(path, 'utf8')]).toEqual(before);
  });
});

describe('its time', () => {
  const path = join(folder, 'beat');
  afterEach(() => vi.useRealTimers());
  const start = (...names: string[]) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    return new AliveFile(path, names);
  };
  /** Whether the file is renewed at the end of so many seconds. */
  const renewedAfter = (seconds: number): boolean => {
    vi.advanceTimersByTime((seconds - 5) * 1000);
    rmSync(path, { force: true });
    vi.advanceTimersByTime(5_000);
    return existsSync(path);
  };

  it('begins when every subscriber was answered', () => {
    const alive = start('a', 'b');
    alive.answered('a');
    expect(existsSync(path)).toBe(false);
    alive.answered('b');
    expect(existsSync(path)).toBe(true);
    alive.close();
    expect(existsSync(path)).toBe(false);
  });

  it('is renewed for a minute after an answer, and no longer', () => {
    const alive = start('a', 'b');
    for (const name of ['a', 'b']) alive.answered(name);
    utimesSync(path, 0, 0);
    expect(renewedAfter(60)).toBe(true);
    alive.answered('a');
    expect(renewedAfter(5)).toBe(false);
    alive.answered('b');
    expect(renewedAfter(5)).toBe(true);
    alive.close();
  });

  it('is renewed while a handler works, however long', async () => {
    const alive = start('a');
    alive.answered('a');
    let done: (value: string) => void = () => {};
    const work = alive.during('a', () => new Promise<string>((resolve) => (done = resolve)));
    expect(renewedAfter(300)).toBe(true);
    done('result');
    expect(await work).toBe('result');
    expect(renewedAfter(5)).toBe(false);
    alive.close();
  });
});
