import { describe, expect, it } from 'vitest';
import { countsSince, requestDollars } from '../../../src/lib/rules/billing.ts';
import { AppError, EXIT, usageError } from '../../../src/lib/rules/errors.ts';
import * as functions from '../../../src/lib/rules/functions.ts';
import * as limits from '../../../src/lib/rules/limits.ts';
import { PRICES } from '../../../src/lib/rules/prices.ts';
import { assertRegion, partitionOf, REGIONS } from '../../../src/lib/rules/regions.ts';
import { SERVICES } from '../../../src/lib/rules/services.ts';
import * as tables from '../../../src/lib/rules/tables.ts';

/** A page of numbers as AWS's documents have them, so that none is changed by mistake. */
describe('numbers of AWS', () => {
  it('limit SNS and SQS', () => {
    expect({ ...limits }).toEqual({
      MAX_BATCH_ENTRIES: 10,
      MAX_RECEIVE_MESSAGES: 10,
      MAX_WAIT_SECONDS: 20,
      SNS_MAX_MESSAGE_BYTES: 256 * 1024,
      SQS_MAX_MESSAGE_BYTES: 1024 * 1024,
      MAX_MESSAGE_ATTRIBUTES: 10,
      MAX_VISIBILITY_SECONDS: 12 * 3600,
      MAX_DELAY_SECONDS: 15 * 60,
      MIN_RETENTION_SECONDS: 60,
      MAX_RETENTION_SECONDS: 14 * 86_400,
      MIN_MAX_RECEIVE_COUNT: 1,
      MAX_MAX_RECEIVE_COUNT: 1000,
      MAX_QUEUE_NAME_LENGTH: 80,
      MAX_TOPIC_NAME_LENGTH: 256,
      MAX_IN_FLIGHT_STANDARD: 120_000,
      MAX_IN_FLIGHT_FIFO: 120_000,
      DEDUPLICATION_WINDOW_SECONDS: 5 * 60,
      QUEUE_DELETED_RECENTLY_SECONDS: 60,
      PURGE_INTERVAL_SECONDS: 60,
      MAX_MOVE_RATE: 500,
      MAX_MANAGED_POLICY_CHARACTERS: 6144,
      MAX_ROLE_POLICY_CHARACTERS: 10_240,
    });
  });

  it('are of these services', () => {
    expect([...SERVICES].sort()).toEqual([
      ...['apigateway', 'cloudformation', 'cloudwatch'],
      ...['dynamodb', 'ecs', 'elasticloadbalancing', 'kms', 'lambda', 'logs', 'sns', 'sqs', 'sts'],
    ]);
  });

  it('limit functions and tables', () => {
    const numbers = (module: object) =>
      Object.fromEntries(Object.entries(module).filter(([, value]) => typeof value === 'number'));
    expect(numbers(functions)).toEqual({
      MAX_FUNCTION_NAME_LENGTH: 64,
      MAX_FUNCTION_TIMEOUT_SECONDS: 15 * 60,
      DEFAULT_FUNCTION_TIMEOUT_SECONDS: 3,
      MIN_FUNCTION_MEMORY_MB: 128,
      MAX_FUNCTION_MEMORY_MB: 10 * 1024,
      MAX_RESERVED_CONCURRENCY: 1000,
      MAX_ENVIRONMENT_BYTES: 4 * 1024,
      MAX_BATCH_SIZE: 10_000,
      MAX_FIFO_BATCH_SIZE: 10,
      DEFAULT_BATCH_SIZE: 10,
      MAX_BATCH_SIZE_WITHOUT_WINDOW: 10,
      MAX_BATCH_WINDOW_SECONDS: 5 * 60,
      MIN_MAXIMUM_CONCURRENCY: 2,
      MAX_MAXIMUM_CONCURRENCY: 1000,
      INITIAL_CONCURRENT_BATCHES: 5,
    });
    expect(numbers(tables)).toEqual({
      MIN_TABLE_NAME_LENGTH: 3,
      MAX_TABLE_NAME_LENGTH: 255,
      MAX_KEY_ATTRIBUTE_LENGTH: 255,
      MAX_GLOBAL_INDEXES: 20,
    });
  });
});

describe('functions', () => {
  it('are of runtimes that are a language with a version', () => {
    for (const runtime of functions.RUNTIMES) {
      expect(runtime).toMatch(
        /^(nodejs\d+\.x|(python|ruby)\d\.\d+|provided\.al2023|(java|dotnet)\d+)$/,
      );
      expect(functions.isEndedRuntime(runtime)).toBe(false);
    }
  });

  it.each([
    ['nodejs18.x', 'nodejs24.x'],
    ['python3.8', 'python3.14'],
    ['java8.al2', 'java25'],
    ['dotnet6', 'dotnet10'],
    ['ruby2.7', 'ruby3.4'],
    ['provided', 'provided.al2023'],
    ['go1.x', undefined],
  ])('of %s could be of %s', (ended, newest) => {
    expect(functions.isEndedRuntime(ended)).toBe(true);
    expect(functions.newestRuntimeLike(ended)).toBe(newest);
  });

  it('have names of variables that Lambda keeps for itself', () => {
    expect(functions.newestRuntimeLike('3')).toBeUndefined();
    for (const name of functions.RESERVED_ENVIRONMENT_NAMES) {
      expect(name).toMatch(/^(_HANDLER|_X_AMZN_TRACE_ID|(AWS|LAMBDA)(_[A-Z]+)+)$/);
    }
    expect(functions.environmentBytes({ A: 'ü' })).toBe(10);
    expect(functions.logGroupOf('email')).toBe('/aws/lambda/email');
  });
});

describe('regions', () => {
  it('have names that AWS could have given them, each once, in order', () => {
    for (const region of REGIONS) {
      expect(region).toMatch(
        /^(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-(north|south)?(east|west|central)?-\d$/,
      );
      expect(() => assertRegion(region, false)).not.toThrow();
    }
    expect([...REGIONS]).toEqual([...new Set(REGIONS)].sort());
  });

  it('that are new are for AWS to know', () => {
    expect(() => assertRegion('eu-west-9', true)).not.toThrow();
    expect(() => assertRegion('eu-west-9', false)).toThrow('There is no AWS region "eu-west-9".');
    for (const region of ['eu-west', 'EU-WEST-1', 'eu_west_1', '']) {
      expect(() => assertRegion(region, true)).toThrow(`There is no AWS region "${region}".`);
    }
    expect(() => assertRegion('eu-wst-1', true)).not.toThrow();
    expect(() => assertRegion('us-eas-1', false)).toThrow('Did you mean "us-east-1"?');
  });

  it.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['ca-central-1', 'aws'],
  ])('%s are of the partition %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});

describe('what is billed', () => {
  it('is told by its service, at the prices of a month', () => {
    expect(
      Object.fromEntries(
        Object.entries(PRICES).map(([name, { dollars, per }]) => [name, [dollars, per]]),
      ),
    ).toEqual({
      snsPublish: [0.5, 1e6],
      snsDelivery: [0, 1e6],
      snsBodyFilter: [0.09, 1],
      snsFifoPublish: [0.3, 1e6],
      snsFifoPublished: [0.017, 1],
      snsFifoDelivery: [0.01, 1e6],
      snsFifoDelivered: [0.001, 1],
      sqsRequest: [0.4, 1e6],
      sqsFifoRequest: [0.5, 1e6],
      lambdaRequest: [0.2, 1e6],
      lambdaX86: [0.0000166667, 1],
      lambdaArm: [0.0000133334, 1],
      fargateX86Cpu: [0.04048, 1],
      fargateX86Memory: [0.004445, 1],
      fargateArmCpu: [0.03238, 1],
      fargateArmMemory: [0.00356, 1],
      publicAddress: [0.005, 1],
      loadBalancer: [0.0225, 1],
      loadBalancerUnit: [0.008, 1],
      httpApi: [1, 1e6],
      tableWrite: [0.625, 1e6],
      tableStorage: [0.25, 1],
      rdsMicro: [0.016, 1],
      rdsStorage: [0.115, 1],
      secret: [0.4, 1],
      logs: [0.5, 1],
      alarm: [0.1, 1],
    });
    expect(requestDollars({ 'sns:Publish': 1e6 })).toBeCloseTo(0.5, 9);
    expect(requestDollars({ 'sqs:SendMessage': 1e6 })).toBeCloseTo(0.4, 9);
  });

  it('since a look is what came since then', () => {
    const before = { 'sns:Publish': 2, 'sqs:SendMessage': 1 } as const;
    const now = { 'sns:Publish': 5, 'sqs:SendMessage': 1, 'sqs:ReceiveMessage': 4 } as const;
    expect(countsSince(before, now)).toEqual({ 'sns:Publish': 3, 'sqs:ReceiveMessage': 4 });
  });
});

describe('an expected failure', () => {
  it('ends a command with 1, bad input with 2', () => {
    const failure = new AppError({ code: 'Gone', message: 'It is gone.' });
    expect(failure).toMatchObject({ name: 'AppError', exitCode: 1, hint: undefined });
    expect(failure).not.toHaveProperty('cause');
    expect(usageError('no')).toMatchObject({ code: 'InvalidInput', exitCode: 2, hint: undefined });
    expect(EXIT).toEqual({ done: 0, failed: 1, usage: 2, drift: 3, denied: 4, interrupted: 130 });
  });
});
