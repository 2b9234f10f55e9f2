import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FailureReason,
  failureOf,
  keepReason,
  readReasons,
} from '../../../src/lib/consume/failure-reasons.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-reasons-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

function failure(more: Partial<FailureReason> = {}): FailureReason {
  return {
    queue: 'email-service-queue',
    messageId: 'm1',
    eventId: 'e1',
    reason: 'mail server refuses the address',
    receiveCount: 1,
    time: '2025-01-01T12:00:00.000Z',
    ...more,
  };
}

describe('failure reasons', () => {
  it('finds the latest reason by message id, and by event id', async () => {
    keepReason(folder, failure());
    keepReason(folder, failure({ reason: 'still refuses', receiveCount: 2 }));
    keepReason(folder, failure({ messageId: 'm2', eventId: null, reason: 'not JSON' }));

    const reasons = await readReasons(folder, 'email-service-queue');

    expect(reasons.find('m1', undefined)).toMatchObject({
      reason: 'still refuses',
      receiveCount: 2,
    });
    expect(reasons.find('sent again', 'e1')).toMatchObject({ reason: 'still refuses' });
    expect(reasons.find('m2', undefined)?.eventId).toBeNull();
    expect(reasons.find('m3', 'e3')).toBeUndefined();
    expect(reasons.all('m1').map(({ receiveCount }) => receiveCount)).toEqual([1, 2]);
    expect(reasons.all('m3')).toEqual([]);
  });

  it('keeps queues apart, also when a name looks like a path', async () => {
    keepReason(folder, failure({ queue: '../../orders.fifo' }));

    expect(readdirSync(folder)).toEqual(['failures']);
    expect(statSync(join(folder, 'failures')).mode & 0o777).toBe(0o700);
    expect((await readReasons(folder, '../../orders.fifo')).find('m1', undefined)).toBeDefined();
    expect((await readReasons(folder, 'other')).find('m1', undefined)).toBeUndefined();
  });

  it('stays small and keeps the latest', async () => {
    const reason = 'x'.repeat(5_000);
    for (let n = 0; n < 100; n++)
      keepReason(folder, failure({ messageId: `m${n}`, reason }), { maxBytes: 10_000 });

    const files = readdirSync(join(folder, 'failures'));
    const bytes = files.map((name) => statSync(join(folder, 'failures', name)).size);
    expect(files.length).toBeLessThanOrEqual(2);
    expect(Math.max(...bytes)).toBeLessThan(13_000);
    expect((await readReasons(folder, failure().queue)).find('m99', undefined)).toBeDefined();
  });

  it('stays small though a process that put the file aside was killed', () => {
    const lock = join(folder, 'failures', `${failure().queue}.jsonl.lock`);
    mkdirSync(lock, { recursive: true });
    const keepMany = () => {
      for (let n = 0; n < 20; n++)
        keepReason(folder, failure({ reason: 'x' }), { maxBytes: 1_000 });
    };
    keepMany();
    // Somebody may still be at it.
    expect(existsSync(lock)).toBe(true);
    expect(readdirSync(join(folder, 'failures'))).toHaveLength(2);
    utimesSync(lock, new Date(0), new Date(0));
    keepMany();
    expect(existsSync(lock)).toBe(false);
    expect(readdirSync(join(folder, 'failures'))).toContain(`${failure().queue}.before.jsonl`);
  });

  it('is begun anew at its bound, and not a byte before', () => {
    const names = () => readdirSync(join(folder, 'failures'));
    keepReason(folder, failure());
    const [name = ''] = names();
    const { size } = statSync(join(folder, 'failures', name));
    expect(statSync(join(folder, 'failures', name)).mode & 0o777).toBe(0o600);
    keepReason(folder, failure(), { maxBytes: 2 * size + 1 });
    expect(names()).toEqual([name]);
    keepReason(folder, failure(), { maxBytes: 3 * size });
    expect(names()).toEqual(['email-service-queue.before.jsonl']);
  });

  it('keeps 2,000 characters of a reason', async () => {
    keepReason(folder, failure({ reason: 'x'.repeat(2_001) }));
    const reasons = await readReasons(folder, failure().queue);
    expect(reasons.find('m1', undefined)?.reason).toBe('x'.repeat(2_000));
  });

  it('tells the latest first, of each message one', async () => {
    const at = (messageId: string, second: number, reason = 'r') =>
      keepReason(folder, failure({ messageId, reason, time: `2025-01-01T12:00:0${second}.000Z` }));
    at('a', 1);
    at('b', 3);
    at('a', 2, 'again');
    const { latest } = await readReasons(folder, failure().queue);
    expect(latest().map(({ messageId, reason }) => [messageId, reason])).toEqual([
      ['b', 'r'],
      ['a', 'again'],
    ]);
  });

  it('reads what it wrote, and what earlier versions did', async () => {
    keepReason(folder, failure({ outcome: 'timeout' }));
    const lines = [
      { messageId: 'm2', reason: 'r', outcome: 'other', eventId: 7, receiveCount: '3', time: 1 },
      { messageId: 3, reason: 'r' },
      { messageId: 'm4' },
    ].map((line) => JSON.stringify(line));
    const file = join(folder, 'failures', `${failure().queue}.jsonl`);
    writeFileSync(file, ['', ...lines, '7', ''].join('\n'), { flag: 'a' });
    const reasons = await readReasons(folder, failure().queue);
    expect(reasons.latest()).toHaveLength(2);
    expect(reasons.find('m1', undefined)).toEqual(failure({ outcome: 'timeout' }));
    expect(reasons.find('m2', undefined)).toEqual({
      ...{ queue: 'undefined', messageId: 'm2', eventId: null, reason: 'r', receiveCount: 3 },
      time: '1',
    });
  });

  it('are of what failed, and not of what was handled', () => {
    const consumed = {
      ...{ subscriber: 'email', messageId: 'm', event: null, eventId: 'e', receiveCount: 2, ms: 1 },
    };
    for (const outcome of ['handled', 'duplicate'] as const) {
      expect(failureOf('q', { ...consumed, outcome })).toBeUndefined();
    }
    for (const outcome of ['failed', 'invalid', 'timeout'] as const) {
      const { time, ...kept } = failureOf('q', { ...consumed, outcome }) ?? {};
      expect(kept).toEqual({
        ...{ queue: 'q', messageId: 'm', eventId: 'e', outcome, reason: '', receiveCount: 2 },
      });
      expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(10_000);
    }
  });

  it('loses nothing when several processes write at once', async () => {
    const module = join(import.meta.dirname, '../../../src/lib/consume/failure-reasons.ts');
    const built = join(folder, 'failure-reasons.mjs');
    await build({
      entryPoints: [module],
      outfile: built,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const script = `
      const { keepReason } = await import(${JSON.stringify(built)});
      for (let n = 0; n < 200; n++) keepReason(${JSON.stringify(folder)},
        { ...${JSON.stringify(failure())}, messageId: process.pid + '-' + n, reason: 'x'.repeat(300) });`;
    const args = ['--input-type=module', '-e'];
    const pids = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise<number>((resolve, reject) => {
            const child = spawn(process.execPath, [...args, script], { stdio: 'inherit' });
            child.on('exit', (code) =>
              code === 0 ? resolve(child.pid ?? 0) : reject(new Error(`exit ${code}`)),
            );
          }),
      ),
    );

    const reasons = await readReasons(folder, failure().queue);
    const lost = pids.flatMap((pid) =>
      Array.from({ length: 200 }, (_, n) => `${pid}-${n}`).filter(
        (id) => reasons.find(id, undefined) === undefined,
      ),
    );
    expect(lost).toEqual([]);
  });

  it('never throws, and reads past what is damaged', async () => {
    keepReason(join(folder, 'x'), failure());
    writeFileSync(join(folder, 'x', 'failures', `${failure().queue}.jsonl`), '{"half\n[]\nnull\n', {
      flag: 'a',
    });
    writeFileSync(join(folder, 'file'), '');

    expect(() => keepReason(join(folder, 'file'), failure())).not.toThrow();
    expect((await readReasons(join(folder, 'file'), 'q')).find('m1', undefined)).toBeUndefined();
    const reasons = await readReasons(join(folder, 'x'), failure().queue);
    expect(reasons.find('m1', undefined)).toBeDefined();
  });
});
