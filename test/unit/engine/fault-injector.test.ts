import { describe, expect, it } from 'vitest';
import { FaultSwitch, injectFaults } from '../../../src/lib/engine/http/fault-injector.ts';
import type { FaultyService } from '../../../src/lib/engine/service-name.ts';
import { NO_FAULTS } from '../../../src/lib/rules/faults.ts';

const of = (faults: object, seed = 1) => injectFaults({ ...NO_FAULTS, ...faults }, seed);

describe('a fault', () => {
  it.each<[FaultyService, number, string, string, string]>([
    ['sqs', 403, 'RequestThrottled', 'Request is throttled.', 'InternalError'],
    ['sns', 429, 'Throttled', 'Rate exceeded', 'InternalError'],
    ['elasticloadbalancing', 400, 'Throttling', 'Rate exceeded', 'InternalFailure'],
    ['sts', 400, 'Throttling', 'Rate exceeded', 'InternalFailure'],
    ['cloudformation', 400, 'Throttling', 'Rate exceeded', 'InternalFailure'],
    ['cloudwatch', 400, 'Throttling', 'Rate exceeded', 'InternalServiceFault'],
    ['lambda', 429, 'TooManyRequestsException', 'Rate exceeded', 'ServiceException'],
    [
      'apigateway',
      429,
      'TooManyRequestsException',
      'Rate exceeded',
      'InternalServerErrorException',
    ],
    ['kms', 400, 'ThrottlingException', 'Rate exceeded', 'KMSInternalException'],
    ['logs', 400, 'ThrottlingException', 'Rate exceeded', 'ServiceUnavailableException'],
    ['dynamodb', 400, 'ThrottlingException', 'Rate exceeded', 'InternalServerError'],
    ['ecs', 400, 'ThrottlingException', 'Rate exceeded', 'ServerException'],
  ])(
    'of %s is %i %s where it throttles, and named as its model does',
    (service, status, code, message, internal) => {
      expect(of({ throttle: 1 }).refusal(service)).toMatchObject({ status, code, message });
      expect(of({ error: 1 }).refusal(service)).toMatchObject({
        status: 500,
        code: internal,
        message: 'We encountered an internal error. Please try again.',
      });
    },
  );

  it('comes as often as it is to, the same for the same seed', () => {
    const codes = (seed: number) => {
      const faults = of({ throttle: 0.2, error: 0.3 }, seed);
      return Array.from({ length: 1000 }, () => faults.refusal('sqs')?.code ?? '');
    };
    const share = (code: string) => codes(7).filter((each) => each === code).length / 1000;
    expect(share('RequestThrottled')).toBeCloseTo(0.2, 1);
    expect(share('InternalError')).toBeCloseTo(0.3, 1);
    expect(codes(7)).toEqual(codes(7));
    expect(codes(8)).not.toEqual(codes(7));
  });

  it('leaves the others where they are', () => {
    const draws = (faults: object) => {
      const injected = of({ duplicate: 0.5, reorder: true, ...faults });
      return Array.from({ length: 20 }, () => [injected.duplicates(), injected.skips(9)]);
    };
    expect(draws({ throttle: 1 })).toEqual(draws({}));
    expect(new Set(draws({}).map(([isTwice]) => isTwice)).size).toBe(2);
  });

  it('passes over fewer messages than wait, and than ten', () => {
    const skips = (waiting: number) => {
      const faults = of({ reorder: true });
      return Array.from({ length: 300 }, () => faults.skips(waiting));
    };
    expect([...new Set(skips(3))].sort()).toEqual([0, 1, 2]);
    expect(Math.max(...skips(1000))).toBe(9);
    expect(Math.max(...skips(1))).toBe(0);
    expect(of({}).skips(9)).toBe(0);
    expect(of({}).duplicates()).toBe(false);
    expect(of({}).refusal('sqs')).toBeUndefined();
  });

  it.each([
    ['sqs:SendMessage', true],
    ['SQS:sendmessage', true],
    ['sqs:SendMessageBatch', false],
    ['sns:Publish', true],
    ['sns:', true],
    ['xsns:Publish', false],
  ])('denies %s: %s', (permission, isDenied) => {
    expect(of({ deny: ['sqs:SendMessage', 'sns:*'] }).denies?.(permission)).toBe(isDenied);
    expect(of({}).denies).toBeUndefined();
  });
});

it('faults can be exchanged', () => {
  const faults = new FaultSwitch();
  const shown = () => [
    faults.active,
    faults.latency,
    faults.seed,
    faults.refusal('sqs')?.code,
    faults.duplicates(),
    faults.skips(9),
    faults.denies?.('a:b'),
    faults.faults,
  ];
  expect(shown()).toEqual([false, 0, 0, undefined, false, 0, undefined, NO_FAULTS]);
  const all = { ...NO_FAULTS, latency: 7, throttle: 1, duplicate: 1, deny: ['a:b'] };
  faults.set(all, 3);
  expect(shown()).toEqual([true, 7, 3, 'RequestThrottled', true, 0, true, all]);
  faults.set(NO_FAULTS, 4);
  expect(shown()).toEqual([false, 0, 4, undefined, false, 0, undefined, NO_FAULTS]);
});
