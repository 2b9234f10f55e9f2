import { describe, expect, it } from 'vitest';
import { withTraceparent } from '../../../src/lib/events/trace-context.ts';
import { readTraceparent } from '../../../src/lib/rules/trace-context.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traceparent', () => {
  it.each([
    '',
    'x',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    `${TRACE}-more`,
    TRACE.toUpperCase(),
    `${TRACE}\n`,
  ])('is not %j', (text) => expect(readTraceparent(text)).toBeUndefined());

  it('may be of a later version', () => {
    expect(readTraceparent(TRACE)).toBe(TRACE);
    expect(readTraceparent(`cc${TRACE.slice(2)}-what-comes`)).toBe(
      `cc${TRACE.slice(2)}-what-comes`,
    );
  });

  it('is added where there is none, and room for it', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'v']));
    expect(withTraceparent({}, TRACE)).toEqual({ traceparent: TRACE });
    expect(withTraceparent({ traceparent: 'given' }, TRACE)).toEqual({ traceparent: 'given' });
    expect(withTraceparent({ a: 'b' }, 'nonsense')).toEqual({ a: 'b' });
    expect(withTraceparent({ a: 'b' }, undefined)).toEqual({ a: 'b' });
    // With event_type that makes ten, the most that a queue takes.
    expect(withTraceparent(many(8), TRACE)).toHaveProperty('traceparent', TRACE);
    expect(withTraceparent(many(9), TRACE)).toEqual(many(9));
  });
});
