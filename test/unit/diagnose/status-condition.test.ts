import { describe, expect, it } from 'vitest';
import type { SubscriberStatus } from '../../../src/lib/diagnose/status/status.ts';
import {
  checkConditions,
  parseStatusCondition,
} from '../../../src/lib/diagnose/status/status-condition.ts';
import { EXIT } from '../../../src/lib/rules/errors.ts';

const NAMES = ['email', 'inventory'];

const EMAIL: SubscriberStatus = {
  name: 'email',
  queueUrl: 'http://q/1/email',
  subscribed: true,
  depth: 12,
  inFlight: 2,
  delayed: 0,
  oldestAgeSeconds: 320,
  dlqExists: true,
  dlqDepth: 0,
  arrived: 40,
  left: 26,
  consumers: 1,
  functions: null,
};
const INVENTORY: SubscriberStatus = {
  ...EMAIL,
  name: 'inventory',
  subscribed: false,
  depth: 0,
  oldestAgeSeconds: 0,
  dlqDepth: 3,
};
const GONE: SubscriberStatus = {
  name: 'email',
  queueUrl: null,
  subscribed: false,
  depth: null,
  inFlight: null,
  delayed: null,
  oldestAgeSeconds: null,
  dlqExists: false,
  dlqDepth: null,
  arrived: null,
  left: null,
  consumers: null,
  functions: null,
};

const check = (text: string, ...subscribers: SubscriberStatus[]) =>
  checkConditions([parseStatusCondition(text, NAMES)], subscribers);

describe('conditions on a status', () => {
  it.each([
    ['dlq>0', ['inventory']],
    ['dlqDepth > 0', ['inventory']],
    ['dlq>=0', ['email', 'inventory']],
    ['email.dlq>0', []],
    ['inventory . dlq = 3', ['inventory']],
    ['dlq==3', ['inventory']],
    ['dlq!=3', ['email']],
    ['depth<12', ['inventory']],
    ['depth<=12', ['email', 'inventory']],
    ['INFLIGHT>1', ['email', 'inventory']],
    ['delayed>0', []],
    ['consumers<1', []],
    ['email.consumers=1', ['email']],
    ['age>300', ['email']],
    ['age>5m', ['email']],
    ['age>5m20s', []],
    ['oldestAgeSeconds>=320', ['email']],
    ['subscribed=false', ['inventory']],
    ['subscribed!=true', ['inventory']],
    ['email.subscribed=true', ['email']],
  ])('%s is met by %j', (text, met) => {
    const found = check(text, EMAIL, INVENTORY);

    expect(found.map(({ subscriber }) => subscriber)).toEqual(met);
    expect(found.every(({ verdict }) => verdict === 'met')).toBe(true);
  });

  it('say what was found, and by which condition', () => {
    expect(check(' inventory.dlq>0 ', EMAIL, INVENTORY)).toEqual([
      {
        condition: 'inventory.dlq>0',
        subscriber: 'inventory',
        field: 'dlq',
        value: 3,
        verdict: 'met',
        reason: null,
      },
    ]);
  });

  it.each(['age>300', 'age<300'])('%s is unknown where nobody tells the age', (text) => {
    const found = check(text, { ...EMAIL, oldestAgeSeconds: null, depth: 0 });

    expect(found).toMatchObject([{ value: null, verdict: 'unknown', reason: 'not-told' }]);
  });

  it('consumers are unknown where nobody tells them', () => {
    const found = check('consumers<1', { ...EMAIL, consumers: null });

    expect(found).toMatchObject([{ value: null, verdict: 'unknown', reason: 'not-told' }]);
  });

  it.each(['depth>100', 'inFlight>0', 'delayed>0', 'dlq>0', 'age>1', 'consumers<1'])(
    '%s is unknown where there is no queue',
    (text) => {
      expect(check(text, GONE)).toMatchObject([
        { value: null, verdict: 'unknown', reason: 'no-queue' },
      ]);
    },
  );

  it('a queue that is not there is not subscribed', () => {
    expect(check('subscribed=false', GONE)).toMatchObject([{ value: false, verdict: 'met' }]);
  });

  it.each([
    ['', 'InvalidCondition'],
    ['dlq', 'InvalidCondition'],
    ['dlq>', 'InvalidCondition'],
    ['>0', 'InvalidCondition'],
    ['dlq>>0', 'InvalidCondition'],
    ['dlq>-1', 'InvalidCondition'],
    ['dlq>1.5', 'InvalidCondition'],
    ['depht>1', 'InvalidCondition'],
    ['name>1', 'InvalidCondition'],
    ['age>old', 'InvalidCondition'],
    ['subscribed=yes', 'InvalidCondition'],
    ['subscribed=1', 'InvalidCondition'],
    ['constructor>0', 'InvalidCondition'],
    ['emial.dlq>0', 'UnknownSubscriber'],
  ])('%s is refused', (text, code) => {
    const refused = (): unknown => parseStatusCondition(text, NAMES);

    expect(refused).toThrow(expect.objectContaining({ code, exitCode: EXIT.usage }));
    if (code === 'InvalidCondition') {
      expect(refused).toThrow(
        expect.objectContaining({
          hint: expect.stringContaining(
            'depth, inFlight, delayed, dlq, age, subscribed, consumers',
          ),
        }),
      );
    }
  });

  it('names the field that was meant', () => {
    expect(() => parseStatusCondition('depht>1', NAMES)).toThrow('Did you mean "depth"?');
    expect(() => parseStatusCondition('emial.dlq>0', NAMES)).toThrow('Did you mean "email"?');
  });
});
