import { describe, expect, it } from 'vitest';
import { type BadLine, eventLines, paced } from '../../../src/lib/publish/event-source.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';
import { SQS_MAX_MESSAGE_BYTES } from '../../../src/lib/rules/limits.ts';
import { Ranges } from '../../../src/lib/rules/text/ranges.ts';

const refusal = new AppError({ code: 'InvalidEvent', message: 'no' });
const read = (text: string) => {
  if (text === 'bad') throw refusal;
  if (text === 'bug') throw new TypeError('bug');
  return { event: text };
};

async function linesOf(text: string | Buffer, only = Ranges.all()) {
  const bad: BadLine[] = [];
  const good: unknown[] = [];
  const source = (async function* () {
    yield Buffer.from(text);
  })();
  for await (const item of eventLines(source, read as never, only, (each) => bad.push(each))) {
    good.push(item);
  }
  return { good, bad };
}

describe('events from lines', () => {
  it('have their places, and bad lines are told with theirs', async () => {
    const { good, bad } = await linesOf('a\n\nbad\nb');
    expect(good).toEqual([
      { event: 'a', line: 1, position: 1 },
      { event: 'b', line: 4, position: 4 },
    ]);
    expect(bad).toEqual([{ line: 3, text: 'bad', error: refusal }]);
  });

  it('are those that were asked for, and what is behind them is not looked at', async () => {
    const { good, bad } = await linesOf('bad\na\nbad\nb\nbad', Ranges.parse('2,4', '--only'));
    expect(good).toMatchObject([{ line: 2 }, { line: 4 }]);
    expect(bad).toEqual([]);
  });

  it('end behind the last that was asked for, though the source goes on', async () => {
    let given = 0;
    const endless = (async function* () {
      for (;;) {
        given += 1;
        yield Buffer.from('a\n'.repeat(100));
        if (given > 100) throw new Error('it was read on');
      }
    })();
    const good: unknown[] = [];
    const only = Ranges.parse('2-3', '--only');
    for await (const item of eventLines(endless, read as never, only, () => {})) good.push(item);
    expect(good).toMatchObject([{ line: 2 }, { line: 3 }]);
  });

  it('never are lines that are too long, or no text', async () => {
    const long = Buffer.from('x'.repeat(SQS_MAX_MESSAGE_BYTES + 1));
    const { good, bad } = await linesOf(Buffer.concat([long, Buffer.from('\n'), Buffer.of(0xff)]));
    expect(good).toEqual([]);
    expect(bad.map(({ line, text, error }) => [line, text, error.code, error.message])).toEqual([
      [1, undefined, 'InvalidEvent', 'Line 1: it has 1048577 bytes; 1048576 are the most.'],
      [2, undefined, 'InvalidEvent', 'Line 2: it is not UTF-8.'],
    ]);
  });

  it('let a defect of their reader through', async () => {
    await expect(linesOf('bug')).rejects.toThrow(TypeError);
  });
});

describe('a stream with a rate', () => {
  const seen = async (rate: number | undefined, signal = new AbortController().signal) => {
    const items: number[] = [];
    for await (const item of paced(Array(25).keys(), rate, signal)) items.push(item);
    return items;
  };

  it('hands out all, in order, in no less time than its rate asks for', async () => {
    expect(await seen(undefined)).toHaveLength(25);
    const began = performance.now();
    expect(await seen(250)).toEqual([...Array(25).keys()]);
    // Two waits of 40 ms, for the 11th and the 21st: a timer of Node.js may end within its last millisecond.
    expect(performance.now() - began).toBeGreaterThanOrEqual(78);
  });

  it('begins with a tenth of a second’s items, and ends when told', async () => {
    expect(await seen(30, AbortSignal.abort())).toEqual([0, 1, 2]);
    expect(await seen(5, AbortSignal.abort())).toEqual([0]);
    expect(await seen(9_999, AbortSignal.abort())).toHaveLength(10);
    expect(await seen(undefined, AbortSignal.abort())).toHaveLength(25);
  });
});
