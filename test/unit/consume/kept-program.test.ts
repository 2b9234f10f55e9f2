import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type KeptMode, keepProgram } from '../../../src/lib/consume/handlers/kept-program.ts';
import { readAnswers } from '../../../src/lib/consume/handlers/program-answers.ts';
import { sampleMessage } from '../../fixtures/orders.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A kept Node program; `each` is what it does with a message and `answer`. */
function keep(each: string, mode: KeptMode = 'stream', prelude = '') {
  const file = join(folder, 'program.mjs');
  writeFileSync(
    file,
    `import { createInterface } from 'node:readline';
     import { appendFileSync } from 'node:fs';
     appendFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + '\\n');
     const answer = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
     ${prelude}
     createInterface({ input: process.stdin }).on('line', async (line) => {
       const message = JSON.parse(line);
       ${each}
     });`,
  );
  const lines: string[] = [];
  const kept = keepProgram(
    {
      program: process.execPath,
      args: [file],
      cwd: folder,
      env: { PATH: process.env.PATH },
      onLine: (stream, line) => lines.push(`${stream}: ${line}`),
      abort: new AbortController().signal,
    },
    mode,
  );
  const pids = (): number[] =>
    readFileSync(join(folder, 'pids'), 'utf8').trimEnd().split('\n').map(Number);
  return { kept, lines, pids };
}

function event(index: number) {
  return sampleMessage(index);
}

function context(signal = new AbortController().signal) {
  return {
    signal,
    subscriber: 'email',
    queueUrl: 'http://localhost/q',
    messageId: 'm',
    eventId: 'e',
    eventType: 'order.created',
    receiveCount: 2,
    groupId: undefined,
    topicArn: undefined,
    subject: undefined,
    traceparent: undefined,
    awsTraceHeader: undefined,
    attributes: {},
  };
}

describe('a kept program', () => {
  it('answers in any order, says why, and prints what it likes', async () => {
    const { kept, lines, pids } = keep(`
      if (message.event.order_id === 1) await new Promise((done) => setTimeout(done, 50));
      console.log('order', message.event.order_id, message.facts.receiveCount);
      const ok = message.event.order_id !== 2;
      answer({ id: message.id, ok, ...(ok ? {} : { reason: 'no stock' }) });`);
    const results = await Promise.allSettled(
      [0, 1, 2].map((n) => kept.handle(event(n), context())),
    );
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { message: 'no stock' } },
      { status: 'fulfilled' },
    ]);
    expect(lines).toEqual(['stdout: order 2 2', 'stdout: order 3 2', 'stdout: order 1 2']);
    expect(pids()).toHaveLength(1);
    await kept.close();
    expect(() => process.kill(pids()[0] ?? 0, 0)).toThrow('ESRCH');
  });

  it('gets batches of ten at the most, and may answer with one', async () => {
    const { kept, lines } = keep(
      `console.log(message.length); answer(message.map(({ id }) => ({ id, ok: true })));`,
      'batch',
    );
    await Promise.all(Array.from({ length: 25 }, (_, n) => kept.handle(event(n), context())));
    const sizes = lines.map((line) => Number(line.slice('stdout: '.length)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(25);
    expect(Math.max(...sizes)).toBe(10);
    await kept.close();
  });

  it('is started again when it ended; what was open has failed with its last words', async () => {
    const { kept, pids } = keep(`
      if (message.event.order_id === 2) { console.error('out of memory'); process.exit(7); }
      answer({ id: message.id, ok: true });`);
    await kept.handle(event(0), context());
    await expect(kept.handle(event(1), context())).rejects.toThrow(
      'exit code 7 before it answered\nout of memory',
    );
    await kept.handle(event(2), context());
    expect(pids()).toHaveLength(2);
    await kept.close();
  });

  it('may end after each answer, however often', async () => {
    const { kept, pids } = keep(`
      answer({ id: message.id, ok: true });
      process.stdin.destroy();`);
    for (let handled = 0; handled < 7; ) {
      // What comes while it ends fails with it, and comes again.
      const failed = await kept.handle(event(handled), context()).catch((error: unknown) => error);
      if (failed === undefined) handled += 1;
      else expect(failed).not.toMatchObject({ code: 'HandlerGone' });
    }
    expect(pids().length).toBeGreaterThan(5);
    await kept.close();
  });

  it('is given up when it ends again and again without an answer', async () => {
    const { kept, pids } = keep('', 'stream', `console.error('no database'); process.exit(1);`);
    const began = performance.now();
    for (let n = 0; n < 5; n++) {
      await expect(kept.handle(event(n), context())).rejects.toThrow('no database');
    }
    // 100 ms before the second start, and twice as long before each that follows.
    expect(performance.now() - began).toBeGreaterThan(1_490);
    await expect(kept.handle(event(5), context())).rejects.toMatchObject({ code: 'HandlerGone' });
    expect(pids()).toHaveLength(5);
  });

  it('is ended at the time limit, with what it has started, and others are told', async () => {
    const { kept, pids } = keep(
      `if (message.event.order_id > 2) answer({ id: message.id, ok: true });`,
      'stream',
      `import { spawn } from 'node:child_process'; spawn('sleep', ['60']); process.on('SIGTERM', () => {});`,
    );
    const limit = new AbortController();
    const slow = kept.handle(event(0), context(limit.signal));
    const other = kept.handle(event(1), context());
    slow.catch(() => {});
    other.catch(() => {});
    await kept.handle(event(2), context());
    limit.abort();
    await kept.handle(event(3), context());
    await expect(other).rejects.toThrow('another event took too long');
    await expect(slow).rejects.toThrow();
    const [first = 0, second] = pids();
    expect(second).toBeDefined();
    await vi.waitFor(() => expect(() => process.kill(-first, 0)).toThrow('ESRCH'), 60_000);
    await kept.close();
  });
});

describe('what counts as an answer', () => {
  it.each<[string, unknown]>([
    ['{"id":"1","ok":true}', [{ id: '1', ok: true }]],
    ['{"id":1,"ok":false,"reason":"r"}', [{ id: '1', ok: false, reason: 'r' }]],
    ['{"id":"1","ok":false}', [{ reason: 'the program gave no reason' }]],
    ['[{"id":"1","ok":true},{"id":"2","ok":false}]', [{ ok: true }, { ok: false }]],
  ])('%s', (line, answers) => expect(readAnswers(line)).toMatchObject(answers as object));

  it.each([
    '',
    'hello',
    '{"id":"1"}',
    '{"ok":true}',
    '[1]',
    '{"id":"1","ok":"yes"}',
    '{half',
    'null',
  ])('not %s', (line) => expect(readAnswers(line)).toBeUndefined());
});
