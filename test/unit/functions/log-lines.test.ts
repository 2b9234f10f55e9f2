import { describe, expect, it } from 'vitest';
import { createLogReader } from '../../../src/lib/functions/log-lines.ts';

const ID = '4f3a1b2c-0000-4000-8000-000000000001';
const OTHER = '4f3a1b2c-0000-4000-8000-000000000002';

function read(messages: readonly (readonly [stream: string, message: string])[]) {
  const reader = createLogReader();
  return messages.map(([stream, message], index) =>
    reader({ time: index, id: String(index), stream, message }),
  );
}

describe('a line of a function log', () => {
  it('belongs to the invocation that its environment is at, whatever others write between', () => {
    const lines = read([
      ['a', 'INIT_START Runtime Version: nodejs:24'],
      ['a', `START RequestId: ${ID} Version: $LATEST\n`],
      ['b', `START RequestId: ${OTHER} Version: $LATEST`],
      ['a', 'plain text of Python'],
      ['b', '[ERROR] ValueError: no'],
      ['a', `END RequestId: ${ID}`],
      [
        'a',
        `REPORT RequestId: ${ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 55 MB\tInit Duration: 131.50 ms\t`,
      ],
    ]);
    expect(lines.map(({ kind }) => kind)).toEqual([
      'init',
      'start',
      'start',
      'line',
      'error',
      'end',
      'report',
    ]);
    expect(lines[3]).toMatchObject({ requestId: ID, text: 'plain text of Python' });
    expect(lines[4]).toMatchObject({ requestId: OTHER, text: 'ValueError: no' });
    expect(lines[6]?.figures).toEqual({
      durationMs: 12.34,
      initMs: 131.5,
      memoryMb: 128,
      usedMb: 55,
    });
  });

  it('has the stack of an error apart, of Node.js and of Python', () => {
    const [node, python] = read([
      [
        'a',
        `2026-11-28T07:46:08.132Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"no","stack":["TypeError: no","    at handler (index.mjs:3:9)"]}`,
      ],
      [
        'a',
        '[ERROR] ValueError: no\rTraceback (most recent call last):\r\u00a0\u00a0File "index.py", line 2, in handler\r    raise ValueError("no")\r',
      ],
    ]);
    expect(node).toMatchObject({
      text: 'TypeError: no',
      stack: ['    at handler (index.mjs:3:9)'],
    });
    expect(python).toMatchObject({
      text: 'ValueError: no',
      stack: ['\u00a0\u00a0File "index.py", line 2, in handler', '    raise ValueError("no")'],
    });
  });

  it.each([
    [`2026-11-28T07:46:08.132Z\t${ID}\tINFO\tstored O1`, 'line', 'stored O1'],
    [`2026-11-28T07:46:08.132Z\tundefined\tERROR\tno`, 'error', 'no'],
    [
      `2026-11-28T07:46:08.132Z ${ID} Task timed out after 3.00 seconds`,
      'error',
      'Task timed out after 3.00 seconds',
    ],
    [
      `RequestId: ${ID} Error: Runtime exited with error: exit status 1\nRuntime.ExitError`,
      'error',
      'Runtime exited with error: exit status 1\nRuntime.ExitError',
    ],
    [
      `2026-11-28T07:46:08.132Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x is not a function","stack":["…"]}`,
      'error',
      'TypeError: x is not a function',
    ],
    ['ERRORS are counted elsewhere', 'line', 'ERRORS are counted elsewhere'],
  ])('%j is a %s', (message, kind, text) => {
    const [line] = read([['a', message]]);
    expect(line).toMatchObject({ kind, text });
  });
});
