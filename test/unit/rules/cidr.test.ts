import { describe, expect, it } from 'vitest';
import { compileCidr, parseAddress } from '../../../src/lib/rules/cidr.ts';

describe('an IP address', () => {
  it.each([
    ['0.0.0.0', 32, 0n],
    ['10.0.0.255', 32, 0x0a0000ffn],
    ['255.255.255.255', 32, 0xffffffffn],
    ['::', 128, 0n],
    ['::1', 128, 1n],
    ['1::', 128, 1n << 112n],
    ['1:2:3:4:5:6:7:8', 128, 0x00010002000300040005000600070008n],
    ['1:2:3:4:5:6:7::', 128, 0x00010002000300040005000600070000n],
    ['::ffff:1.2.3.4', 128, 0xffff01020304n],
    ['ABCD::ef', 128, (0xabcdn << 112n) | 0xefn],
  ])('%s is a number of %i bits', (text, bits, value) => {
    expect(parseAddress(text)).toEqual({ bits, value });
  });

  it.each([
    ...['', 'a', '1.2.3', '1.2.3.4.5', '1.2.3.256', '256.2.3.4', '1.2.3.-4', '1.2.3.4 '],
    ...[':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '1::2::3'],
    ...['12345::', 'g::', '::1.2.3', '::1.2.3.256', '1.2.3.4::', '1:2:3:4:5:6:7:1.2.3.4'],
  ])('is not "%s"', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('a block of addresses', () => {
  it.each([
    ['10.1.0.0/16', '10.1.0.0', '10.1.255.255', '10.2.0.0'],
    ['10.1.2.3/32', '10.1.2.3', '10.1.2.3', '10.1.2.4'],
    ['2001:db8::/32', '2001:db8::', '2001:db8:ffff::1', '2001:db9::'],
    ['0.0.0.0/1', '0.0.0.0', '127.255.255.255', '128.0.0.0'],
  ])('%s goes from %s to %s', (block, first, last, beyond) => {
    const holds = compileCidr(block);
    expect([first, last, beyond].map((address) => holds?.(address))).toEqual([true, true, false]);
  });

  it('holds addresses of its own kind only', () => {
    const all = compileCidr('0.0.0.0/0');
    expect(['1.2.3.4', '::1', 'a'].map((address) => all?.(address))).toEqual([true, false, false]);
  });

  it.each([
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/a',
    'a/8',
    '/8',
    '10.0.0.0/0008',
  ])('is not "%s"', (block) => {
    expect(compileCidr(block)).toBeUndefined();
  });

  it('may be a bare address where that is allowed', () => {
    expect(compileCidr('10.0.0.1')).toBeUndefined();
    const one = compileCidr('10.0.0.1', true);
    expect(['10.0.0.1', '10.0.0.2'].map((address) => one?.(address))).toEqual([true, false]);
  });
});
