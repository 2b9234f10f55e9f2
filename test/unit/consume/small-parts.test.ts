import { describe, expect, it } from 'vitest';
import { createFailingGroups } from '../../../src/lib/consume/failing-groups.ts';
import { thrownCode, thrownReason } from '../../../src/lib/consume/thrown-reason.ts';

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
