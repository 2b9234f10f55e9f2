import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/lib/rules/errors.ts';
import { formatFaults, NO_FAULTS, parseFaults, parseSeed } from '../../../src/lib/rules/faults.ts';

describe('--faults', () => {
  it('reads every fault', () => {
    expect(parseFaults('latency=50ms,throttle=5%,duplicate=1%,reorder,error=2.5%')).toEqual({
      latency: 50,
      throttle: 0.05,
      duplicate: 0.01,
      reorder: true,
      error: 0.025,
    });
    expect(parseFaults('latency=1.5s')).toEqual({ ...NO_FAULTS, latency: 1500 });
  });

  it('reads which permissions are denied', () => {
    expect(parseFaults('deny=sns:GetTopicAttributes,reorder,deny=kms:*')).toEqual({
      ...NO_FAULTS,
      reorder: true,
      deny: ['sns:GetTopicAttributes', 'kms:*'],
    });
    expect(parseFaults('deny=*').deny).toEqual(['*']);
    expect(formatFaults(parseFaults('deny=sns:Get*,deny=*'))).toBe('deny=sns:Get*,deny=*');
  });

  it('writes what it reads', () => {
    const text = 'latency=50ms,throttle=5%,error=2.5%,duplicate=0.7%,reorder';

    expect(formatFaults(parseFaults(text))).toBe(text);
    expect(formatFaults(NO_FAULTS)).toBe('');
  });

  it.each([
    ['', '"" is not a fault; there are latency, throttle, error, duplicate, reorder, deny'],
    ['deny', 'deny needs a permission'],
    ['deny=s3:GetObject', 'deny needs a permission'],
    ['deny=sns', 'deny needs a permission'],
    ['explode=1%', '"explode" is not a fault'],
    ['throttle', 'throttle needs a percentage'],
    ['throttle=5', 'throttle needs a percentage'],
    ['throttle=-1%', 'throttle needs a percentage'],
    ['throttle=101%', 'throttle is at most 100%'],
    ['throttle=60%,error=60%', 'throttle and error make more than 100% together'],
    ['latency=50', 'latency needs a time'],
    ['latency=61s', 'latency is at most 60000ms'],
    ['reorder=1%', 'reorder takes no value'],
    ['error=1%,error=2%', 'error is given twice'],
  ])('refuses %j', (text, message) => {
    expect(() => parseFaults(text)).toThrow(message);
    expect(() => parseFaults(text)).toThrow(AppError);
  });
});

describe('--seed', () => {
  it('takes whole numbers of 32 bits', () => {
    expect(parseSeed('0')).toBe(0);
    expect(parseSeed('4294967295')).toBe(4294967295);
  });

  it.each(['-1', '1.5', '4294967296', '', 'seven'])('refuses %j', (text) => {
    expect(() => parseSeed(text)).toThrow('--seed must be a whole number from 0 to 4294967295');
  });
});
