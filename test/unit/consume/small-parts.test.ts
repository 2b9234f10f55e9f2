import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createFailingGroups } from '../../../src/lib/consume/failing-groups.ts';
import {
  MAX_OUTPUT_LINE,
  readOutputLines,
} from '../../../src/lib/consume/handlers/output-lines.ts';
import { shownLines } from '../../../src/lib/consume/handlers/topology-handler.ts';
import { thrownCode, thrownReason } from '../../../src/lib/consume/thrown-reason.ts';
import { createWaitingLine } from '../../../src/lib/consume/waiting-line.ts';

/** An error of which everything but its class was changed. */
const changed = (fields: object) => Object.assign(new Error('before'), fields);
const unreadable = Object.defineProperty(new Error('x'), 'message', {
  get() {
    throw new Error('never');
  },
});

describe('what was thrown', () => {
  it.each<[unknown, string]>([
    ['text', 'text'],
    ['', "it threw ''"],
    [undefined, 'it threw undefined'],
    [null, 'it threw null'],
    [{ a: { b: { c: { d: 1 } } } }, 'it threw { a: { b: { c: [Object] } } }'],
    [new Error('message'), 'message'],
    [new RangeError(''), 'RangeError'],
    [changed({ message: '', name: '' }), 'an error without a message'],
    [changed({ message: undefined, name: 7 }), 'an error without a message'],
    [changed({ message: { code: 7 } }), '{ code: 7 }'],
    [unreadable, 'it threw something that cannot be shown'],
  ])('is told in words', (thrown, reason) => {
    expect(thrownReason(thrown)).toBe(reason);
  });

  it('has a code where it is a text', () => {
    const hidden = Object.defineProperty({}, 'code', {
      get() {
        throw new Error('never');
      },
    });
    const codes = [{ code: 'E' }, { code: 7 }, undefined, null, 'E', hidden].map(thrownCode);
    expect(codes).toEqual(['E', ...Array(5).fill(undefined)]);
  });
});

describe('a failing group', () => {
  it('is waited for until a minute after its message can come again, or came', () => {
    let now = 0;
    const failing = createFailingGroups(() => now);
    expect(failing.some).toBe(false);
    failing.failed('a', 30);
    now = 89_999;
    expect(failing.some).toBe(true);
    now = 90_000;
    expect(failing.some).toBe(false);
    failing.failed('a', 0);
    failing.failed('b', 0);
    failing.passed('a');
    expect(failing.some).toBe(true);
    failing.passed('b');
    expect(failing.some).toBe(false);
  });
});

describe('the waiting line', () => {
  const line = createWaitingLine((item: string) => (item.length > 1 ? item.charAt(0) : undefined));

  it('lets one of a group begin at a time, and those without a group at once', () => {
    for (const item of ['a1', 'a2', 'x', 'b1', 'y', 'a3']) line.add(item);
    expect([line.next(), line.next(), line.next(), line.next(), line.next()]).toEqual([
      ...['a1', 'x', 'b1', 'y', undefined],
    ]);
    expect(line.size).toBe(2);
    line.done('x');
    expect(line.next()).toBeUndefined();
    line.done('a1');
    expect(line.next()).toBe('a2');
  });

  it('gives out what waits behind one of a group, and nothing behind one without', () => {
    line.add('z');
    expect(line.behind('x')).toEqual([]);
    expect(line.behind('a2')).toEqual(['a3']);
    expect(line.behind('a2')).toEqual([]);
    expect(line.clear()).toEqual(['z']);
    expect(line.size).toBe(0);
  });
});

describe('lines of a program', () => {
  const read = async (...chunks: readonly string[]) => {
    const stream = new PassThrough();
    const lines: [string, boolean][] = [];
    readOutputLines(stream, { onLine: (line, isCut) => lines.push([line, isCut]) });
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    await new Promise((resolve) => stream.on('close', resolve));
    return lines;
  };

  it('may come in pieces, with any end of a line or none', async () => {
    expect(await read('a', 'b\nc\r', '\n\nd', 'e')).toEqual([
      ['ab', false],
      ['c', false],
      ['', false],
      ['de', false],
    ]);
    expect(await read()).toEqual([]);
  });

  it('are cut where they are too long, in one piece or several', async () => {
    const most = 'x'.repeat(MAX_OUTPUT_LINE);
    const cut = `${most} … (cut after 65,536 characters)`;
    expect(await read(`${most}\n`)).toEqual([[most, false]]);
    expect(await read(`${most}y\nz`)).toEqual([
      [cut, true],
      ['z', false],
    ]);
    expect(await read(most, 'y', 'y')).toEqual([[cut, true]]);
  });

  it('are not read while there is no room', async () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    let makeRoom = (): void => {};
    const waits = readOutputLines(stream, {
      onLine: (line) => lines.push(line),
      room: () => {
        if (lines.length > 1) return undefined;
        return new Promise((resolve) => {
          makeRoom = resolve;
        });
      },
    });
    expect(waits()).toBe(false);
    stream.write('a\n');
    await expect.poll(waits).toBe(true);
    stream.write('b\n');
    expect(lines).toEqual(['a']);
    makeRoom();
    await expect.poll(() => lines).toEqual(['a', 'b']);
    expect(waits()).toBe(false);
    stream.destroy();
  });
});

it.each<[unknown, readonly string[]]>([
  ['a\nb', ['a', 'b']],
  [
    ['a', 'b\nc'],
    ['a', 'b', 'c'],
  ],
  [['a', 1], []],
  [undefined, []],
  [7, []],
])('of what a handler returned (%j) %j is shown', (result, lines) => {
  expect(shownLines(result)).toEqual(lines);
});
