import { getEventListeners } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HandlerContext } from '../../../src/lib/consume/consumed.ts';
import { programHandler } from '../../../src/lib/consume/handlers/program.ts';
import type { ProgramOptions } from '../../../src/lib/consume/handlers/start-program.ts';
import { readMessage } from '../../../src/lib/events/message.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-program-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.useRealTimers());

interface Run extends Partial<Pick<ProgramOptions, 'program' | 'cwd' | 'abort' | 'room'>> {
  readonly text?: string;
  readonly facts?: Partial<HandlerContext>;
  readonly onLine?: (line: string) => void;
}

/** Runs a shell script for an event. @returns what it printed, stderr with an exclamation mark */
async function run(script: string, { text = '{"order_id":7}', facts, ...more }: Run = {}) {
  const lines: string[] = [];
  const handle = programHandler({
    ...{ program: '/bin/sh', args: ['-c', script], cwd: folder, env: { PATH: process.env.PATH } },
    abort: new AbortController().signal,
    ...more,
    onLine: (stream, line) => {
      lines.push(stream === 'stdout' ? line : `! ${line}`);
      more.onLine?.(line);
    },
  });
  const event = readMessage({ messageId: 'm', text, attributes: {} });
  await handle(event, { ...context, ...facts });
  return lines;
}

const context: HandlerContext = {
  signal: new AbortController().signal,
  ...{ subscriber: 'email', queueUrl: 'http://localhost/q', messageId: 'm', receiveCount: 2 },
  ...{ eventId: 'e', eventType: undefined, groupId: undefined, topicArn: undefined },
  ...{ subject: undefined, traceparent: undefined, awsTraceHeader: undefined, attributes: {} },
};

describe('a program that handles an event', () => {
  it.each([
    ['{ "total": 1.50,\n "order_id": 7 }', ['{ "total": 1.50,  "order_id": 7 }']],
    ['no JSON', ['no JSON']],
  ])('reads it as a line: %j', async (text, lines) => {
    expect(await run('cat', { text })).toEqual(lines);
  });

  const PRINT = 'env | grep ^PUBSUB_ | grep -v ^PUBSUB_PROGRAM= | sort; echo "$TRACEPARENT"';
  it('is told what is known, and nothing of what is not', async () => {
    expect(await run(PRINT)).toEqual([
      'PUBSUB_EVENT_ID=e',
      'PUBSUB_MESSAGE_ID=m',
      'PUBSUB_ORDER_ID=7',
      'PUBSUB_QUEUE_URL=http://localhost/q',
      'PUBSUB_RECEIVE_COUNT=2',
      'PUBSUB_SUBSCRIBER=email',
      '',
    ]);
    const facts = {
      ...{ eventType: 'paid', topicArn: 'arn', groupId: 'g', traceparent: '00-1', eventId: 'a\0b' },
      awsTraceHeader: 'Root=1',
    };
    expect(await run(PRINT, { facts, text: 'x' })).toEqual([
      'PUBSUB_AWS_TRACE=Root=1',
      'PUBSUB_EVENT_TYPE=paid',
      'PUBSUB_GROUP_ID=g',
      'PUBSUB_MESSAGE_ID=m',
      'PUBSUB_QUEUE_URL=http://localhost/q',
      'PUBSUB_RECEIVE_COUNT=2',
      'PUBSUB_SUBSCRIBER=email',
      'PUBSUB_TOPIC_ARN=arn',
      'PUBSUB_TRACEPARENT=00-1',
      '00-1',
    ]);
  });

  it('may leave its input unread', async () => {
    expect(await run('exec <&-; echo done', { text: `"${'x'.repeat(300_000)}"` })).toEqual([
      'done',
    ]);
  });
});

describe('a program that fails', () => {
  it('has its last five lines of stderr as the reason, each up to a bound', async () => {
    const script = `for n in 1 2 3 4 5 6; do echo $n >&2; echo >&2; done; head -c 2001 /dev/zero | tr '\\0' x >&2; exit 3`;
    const reason = ['exit code 3', '3', '4', '5', '6', 'x'.repeat(2000)].join('\n');
    await expect(run(script)).rejects.toThrow(new Error(reason));
    await expect(run('exit 1')).rejects.toThrow(new Error('exit code 1'));
    await expect(run('kill -9 $$')).rejects.toThrow(new Error('ended by SIGKILL'));
  });

  it.each([126, 127])('says with exit code %d that it can not be run', async (code) => {
    const words = `/bin/sh ended with exit code ${code}, which means that a program can't be run`;
    await expect(run(`exit ${code}`)).rejects.toMatchObject({
      code: 'HandlerGone',
      message: `${words}: nothing on stderr. The events were given back.`,
      hint: expect.stringContaining('It may be one of the programs that it starts.'),
    });
    await expect(run(`echo a >&2; echo why >&2; exit ${code}`)).rejects.toThrow(': why. The');
  });

  it.each([125, 128])('is only its event with exit code %d', async (code) => {
    await expect(run(`exit ${code}`)).rejects.toThrow(new Error(`exit code ${code}`));
  });

  it('can not be started: it is gone, its folder is, or only this event is too much', async () => {
    await expect(run('', { program: join(folder, 'no') })).rejects.toMatchObject({
      code: 'HandlerGone',
      message: `There is no file ${join(folder, 'no')}. The events were given back.`,
    });
    await expect(run('', { cwd: join(folder, 'no') })).rejects.toMatchObject({
      code: 'HandlerGone',
      message: expect.stringContaining('The working folder'),
    });
    const facts = { eventType: 'x'.repeat(3_000_000) };
    await expect(run('', { facts })).rejects.toThrow(/^could not be started: spawn E2BIG$/);
  });

  it('is started again where what hinders it passes', async () => {
    const program = join(folder, 'busy');
    writeFileSync(program, '#!/bin/sh\necho ran\n');
    chmodSync(program, 0o755);
    // While somebody writes it, it can't be run (ETXTBSY).
    const writing = openSync(program, 'r+');
    const ran = run('', { program });
    closeSync(writing);
    expect(await ran).toEqual(['ran']);
  });
});

describe('the end of a program', () => {
  it('comes with what it has started, when its time is over', async () => {
    const limit = new AbortController();
    // It is told so, and does not die of it itself: what it waits for does.
    const script = `trap 'echo told' TERM; sh -c 'echo begun; exec sleep 100' & wait; wait; exit 4`;
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      limit.abort();
    };
    const handled = run(script, { facts: { signal: limit.signal }, onLine });
    await expect(handled).rejects.toThrow('exit code 4');
    expect(lines).toEqual(['begun', 'told']);
  });

  it('comes at once where its time was over before it began', async () => {
    const facts = { signal: AbortSignal.abort() };
    await expect(run('exec sleep 100', { facts })).rejects.toThrow('ended by SIGTERM');
  });

  it('comes at once for all that run, when the run is over', async () => {
    const abort = new AbortController();
    let listeners = 0;
    const onLine = () => {
      listeners ||= getEventListeners(abort.signal, 'abort').length;
      abort.abort();
    };
    const deaf = `trap '' TERM; echo begun; sleep 100`;
    const both = [1, 2].map(() => run(deaf, { abort: abort.signal, onLine }));
    const reason = new Error('ended by SIGKILL');
    expect(await Promise.allSettled(both)).toEqual(Array(2).fill({ status: 'rejected', reason }));
    // One does for all: Node warns of many.
    expect(listeners).toBe(1);
  });

  /** A program that ends, and leaves something behind that holds its output. */
  async function leftBehind(room?: () => Promise<void>, more = '') {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    let left = 0;
    const state = { isOver: false, said: '' };
    const onLine = (line: string) => {
      left ||= Number(line);
      state.said = line;
    };
    const ended = run(`sh -c '${more} exec sleep 100' & echo $!`, {
      onLine,
      ...(room && { room }),
    }).finally(() => {
      state.isOver = true;
    });
    while (vi.getTimerCount() === 0 || left === 0) await new Promise(setImmediate);
    return { ended, state, end: () => process.kill(left, 'SIGKILL') };
  }

  it('is not waited for longer than a second, where something holds its output', async () => {
    const { ended, state, end } = await leftBehind();
    await vi.advanceTimersByTimeAsync(999);
    expect(state.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(vi.getTimerCount()).toBe(0);
    end();
  });

  it.each(['', ' >&2'])('is waited for a second after each output%s', async (to) => {
    const go = join(folder, 'go');
    const more = `while [ ! -e ${go} ]; do sleep 0.01; done; echo late${to};`;
    const { ended, state, end } = await leftBehind(undefined, more);
    await vi.advanceTimersByTimeAsync(750);
    writeFileSync(go, '');
    while (state.said !== 'late') await new Promise(setImmediate);
    rmSync(go);
    await vi.advanceTimersByTimeAsync(999);
    expect(state.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    end();
  });

  it('is waited for as long as nobody takes its output', async () => {
    let makeRoom = (): void => {};
    const { ended, state, end } = await leftBehind(
      () =>
        new Promise((resolve) => {
          makeRoom = resolve;
        }),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state.isOver).toBe(false);
    makeRoom();
    await vi.advanceTimersByTimeAsync(250);
    await ended;
    end();
  });
});
