import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type KeptMode, keepProgram } from '../../../src/lib/consume/handlers/kept-program.ts';
import { readAnswers } from '../../../src/lib/consume/handlers/program-answers.ts';
import { readMessage } from '../../../src/lib/events/message.ts';
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

/** A kept shell script, which costs less than a Node program. */
function keepScript(script: string, mode: KeptMode = 'stream') {
  const lines: string[] = [];
  const kept = keepProgram(
    {
      ...{ program: '/bin/sh', args: ['-c', script], cwd: folder, env: { PATH: process.env.PATH } },
      onLine: (stream, line) => lines.push(`${stream}: ${line}`),
      abort: new AbortController().signal,
    },
    mode,
  );
  return { kept, lines };
}

const ANSWER = `printf '{"id":%s,"ok":true}\\n' $n`;

describe('a line to a kept program', () => {
  it('holds the id, the event to the letter and the facts, and no more', async () => {
    const { kept, lines } = keepScript(`read -r l; echo " $l"; n=1; ${ANSWER}; read -r l`);
    const { signal: _, ...facts } = context();
    const text = '{"event_type":"a", "n":1.50}';
    const given = readMessage({ messageId: 'm', text, attributes: {} });
    await kept.handle(given, context());
    expect(lines).toEqual([`stdout:  {"id":"1","event":${text},"facts":${JSON.stringify(facts)}}`]);
    await kept.close();
  });

  it('is an array in batch mode, of those that come together', async () => {
    const { kept, lines } = keepScript(
      `n=0; while read -r l; do echo "of $(echo "$l" | grep -o '"id"' | wc -l) in $(echo "$l" | cut -c1)"; for i in $(echo "$l" | grep -o '"id"'); do n=$((n+1)); ${ANSWER}; done; done`,
      'batch',
    );
    await kept.handle(event(0), context());
    await Promise.all(Array.from({ length: 11 }, (_, n) => kept.handle(event(n), context())));
    expect(lines).toEqual(
      ['of 1 in [', 'of 10 in [', 'of 1 in ['].map((line) => `stdout: ${line}`),
    );
    await kept.close();
  });
});

describe('what a kept program does wrong', () => {
  it('answers what was not asked, or asked and answered: nobody is told', async () => {
    const { kept, lines } = keepScript(
      `n=0; while read -r l; do n=$((n+1)); echo '{"id":"99","ok":true}'; ${ANSWER}; ${ANSWER}; done`,
    );
    await kept.handle(event(0), context());
    await kept.handle(event(1), context());
    expect(lines).toEqual([]);
    await kept.close();
  });

  it('gives an answer that is longer than what is kept of a line: it is ended', async () => {
    const { kept } = keepScript(
      `read -r l; printf '{"id":"1","ok":true,"x":"'; head -c 70000 /dev/zero | tr '\\0' x; echo '"}'; sleep 100`,
    );
    const reason = 'its answer was longer than 65536 characters';
    await expect(kept.handle(event(0), context())).rejects.toThrow(new Error(reason));
    await kept.close();
  });

  it('prints a long line that is no answer: that is its output', async () => {
    const { kept, lines } = keepScript(
      `n=0; while read -r l; do n=$((n+1)); head -c 70000 /dev/zero | tr '\\0' x; echo; ${ANSWER}; done`,
    );
    await kept.handle(event(0), context());
    expect(lines).toEqual([expect.stringMatching(/^stdout: x+ … \(cut after/)]);
    await kept.close();
  });

  it.each([
    ['exit 0', 'exit code 0 before it answered'],
    ['exit 3', 'exit code 3 before it answered'],
    ['kill -9 $$', 'ended by SIGKILL'],
  ])('ends with %s: %s', async (end, reason) => {
    const { kept } = keepScript(`read -r l; ${end}`);
    await expect(kept.handle(event(0), context())).rejects.toThrow(new Error(reason));
    await kept.close();
  });

  it('takes too long, however often: it is started again, since it was not what ended it', async () => {
    const { kept } = keepScript(`read -r l; echo; read -r l`);
    for (let n = 0; n < 6; n++) {
      const limit = new AbortController();
      const slow = kept.handle(event(n), context(limit.signal));
      setImmediate(() => limit.abort());
      await expect(slow).rejects.toThrow('the program was ended: another event took too long');
    }
    await kept.close();
  });

  it('can not be run any more: whoever waits is told', async () => {
    const { kept } = keepScript('read -r l; exit 127');
    await expect(kept.handle(event(0), context())).rejects.toMatchObject({ code: 'HandlerGone' });
    await kept.close();
  });

  it('does not end when its input is closed: it is ended after five seconds', async () => {
    const { kept, lines } = keepScript(
      `trap 'echo told; exit 0' TERM; n=1; read -r l; ${ANSWER}; sleep 100 & wait`,
    );
    await kept.handle(event(0), context());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let isClosed = false;
    const closed = kept.close().finally(() => {
      isClosed = true;
    });
    await vi.advanceTimersByTimeAsync(4999);
    await new Promise(setImmediate);
    expect([isClosed, lines]).toEqual([false, []]);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await closed;
    expect(lines).toEqual(['stdout: told']);
  });
});

describe('what counts as an answer', () => {
  it.each<[string, unknown]>([
    ['{"id":"1","ok":true}', [{ id: '1', ok: true }]],
    ['{"id":1,"ok":false,"reason":"r"}', [{ id: '1', ok: false, reason: 'r' }]],
    ['{"id":"1","ok":false}', [{ reason: 'the program gave no reason' }]],
    ['{"id":"1","ok":false,"reason":""}', [{ reason: 'the program gave no reason' }]],
    ['{"id":"1","ok":false,"reason":7}', [{ reason: 'the program gave no reason' }]],
    [' \t{"id":"1","ok":true}', [{ id: '1', ok: true }]],
    ['[]', []],
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
    '[null]',
    '[{"id":"1","ok":true},7]',
    '{"id":true,"ok":true}',
  ])('not %s', (line) => expect(readAnswers(line)).toBeUndefined());
});
