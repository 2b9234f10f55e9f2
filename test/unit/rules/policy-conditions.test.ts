import { describe, expect, it } from 'vitest';
import {
  evaluatePolicy,
  type PolicyPrincipal,
  parsePolicy,
} from '../../../src/lib/rules/policy/index.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:orders';
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:events';

type Context = Record<string, string | string[]>;

const ALICE: PolicyPrincipal = {
  type: 'AWS',
  arn: 'arn:aws:iam::444455556666:user/Alice',
  account: '444455556666',
};
const SERVICE: PolicyPrincipal = { type: 'Service', arn: 'sns.amazonaws.com', account: '' };

function holds(
  condition: object,
  context: Context,
  version = '2012-10-17',
  principal = ALICE,
): boolean {
  const policy = parsePolicy(
    JSON.stringify({
      Version: version,
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: '*',
        Resource: '*',
        Condition: condition,
      },
    }),
  );
  return (
    evaluatePolicy(policy, { principal, action: 'sqs:X', resource: QUEUE, context }).decision ===
    'allow'
  );
}

describe('operators', () => {
  const k = 'aws:k';
  it.each<
    [operator: string, wanted: unknown, found: string | string[] | undefined, expected: boolean]
  >([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', 'a', undefined, false],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', 'a', undefined, true],
    ['StringEqualsIgnoreCase', 'a', 'A', true],
    ['StringNotEqualsIgnoreCase', 'a', 'A', false],
    ['StringLike', 'a*', 'ab', true],
    ['StringLike', 'a?c', 'abc', true],
    ['StringLike', 'a?c', 'ac', false],
    ['StringLike', '*b*b', 'abab', true],
    ['StringLike', '*b*b', 'aba', false],
    ['StringLike', '*ab', 'ab', true],
    ['StringLike', '*ab', 'b', false],
    ['StringLike', 'a*b', 'ab', true],
    ['StringNotLike', 'a*', 'b', true],
    ['StringNotLike', 'a*', undefined, true],
    ['stringlike', 'a*', 'ab', true],
    ['ArnEquals', TOPIC, TOPIC, true],
    ['ArnEquals', 'arn:aws:sns:*:111122223333:ev*', TOPIC, true],
    ['ArnLike', 'arn:aws:sns:*:*:*', TOPIC, true],
    ['ArnLike', 'arn:aws:*:events', TOPIC, false],
    ['ArnLike', 'arn:aws:sns:us-east-1:111122223333:Events', TOPIC, false],
    ['ArnLike', '*', TOPIC, true],
    ['ArnNotEquals', TOPIC, TOPIC, false],
    ['ArnNotLike', 'arn:aws:sns:*:*:other', TOPIC, true],
    ['ArnNotLike', 'arn:aws:sns:*:*:other', undefined, true],
    ['Bool', 'true', 'true', true],
    ['Bool', true, 'True', true],
    ['Bool', 'false', 'true', false],
    ['NumericEquals', '10', '10.0', true],
    ['NumericNotEquals', 10, '11', true],
    ['NumericLessThan', '10', '9', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '10', '11', true],
    ['NumericGreaterThanEquals', '10', 'x', false],
    ['DateEquals', '2024-01-01T00:00:00Z', '1704067200', true],
    ['DateNotEquals', '2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z', true],
    ['DateLessThan', '2024-01-01', '2023-12-31T23:59:59Z', true],
    ['DateGreaterThan', '2024-01-01T00:00:00Z', '2023-12-31T23:59:59Z', false],
    ['IpAddress', '203.0.113.0/24', '203.0.113.7', true],
    ['IpAddress', '203.0.113.7', '203.0.113.7', true],
    ['IpAddress', '2001:db8::/32', '2001:db8::7', true],
    ['IpAddress', ['10.0.0.0/8', '203.0.113.0/24'], '192.0.2.1', false],
    ['NotIpAddress', '203.0.113.0/24', '192.0.2.1', true],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'x', false],
    ['Null', false, 'x', true],
    ['StringEqualsIfExists', 'a', undefined, true],
    ['StringEqualsIfExists', 'a', 'b', false],
    ['StringNotEqualsIfExists', 'a', 'a', false],
    ['NumericLessThanIfExists', '10', undefined, true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringEquals', ['a'], undefined, true],
    ['ForAllValues:StringEquals', ['a'], [], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
    ['ForAnyValue:StringEquals', ['a'], undefined, false],
    ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', ['a'], ['a'], false],
    ['ForAllValues:StringNotEquals', ['a'], ['a', 'b'], false],
    ['ForAnyValue:StringLikeIfExists', ['a*'], undefined, true],
  ])('%s %j on %j: %s', (operator, wanted, found, expected) => {
    expect(holds({ [operator]: { [k]: wanted } }, found === undefined ? {} : { [k]: found })).toBe(
      expected,
    );
  });
});

describe('keys', () => {
  it('are found whatever their case', () => {
    expect(holds({ ArnEquals: { 'AWS:sourcearn': TOPIC } }, { 'aws:SourceArn': TOPIC })).toBe(true);
  });

  it('must all hold, across operators too', () => {
    const condition = { StringEquals: { 'aws:a': '1', 'aws:b': '2' }, Bool: { 'aws:c': 'true' } };
    expect(holds(condition, { 'aws:a': '1', 'aws:b': '2', 'aws:c': 'true' })).toBe(true);
    expect(holds(condition, { 'aws:a': '1', 'aws:b': '3', 'aws:c': 'true' })).toBe(false);
    expect(holds(condition, { 'aws:a': '1', 'aws:b': '2', 'aws:c': 'false' })).toBe(false);
  });

  it('that follow from the principal need no context', () => {
    expect(holds({ StringEquals: { 'aws:PrincipalAccount': '444455556666' } }, {})).toBe(true);
    expect(holds({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/Alice' } }, {})).toBe(true);
    expect(holds({ Bool: { 'aws:PrincipalIsAWSService': 'false' } }, {})).toBe(true);
  });
});

it.each<[object, isService: boolean, anonymous: boolean]>([
  [{ Null: { 'aws:PrincipalAccount': 'true' } }, true, true],
  [{ Null: { 'aws:PrincipalArn': 'true' } }, true, true],
  [{ Bool: { 'aws:PrincipalIsAWSService': 'true' } }, true, false],
  [{ StringEquals: { 'aws:PrincipalServiceName': 'sns.amazonaws.com' } }, true, false],
])('%j holds for a service: %s, for nobody in particular: %s', (condition, service, anonymous) => {
  expect(holds(condition, {}, undefined, SERVICE)).toBe(service);
  expect(holds(condition, {}, undefined, { type: 'AWS', arn: '', account: '' })).toBe(anonymous);
});

describe('policy variables', () => {
  const context = { 'aws:username': 'alice', 'aws:star': 'a*' };

  it('stand for the request in the newer version of the language only', () => {
    const condition = { StringEquals: { 'aws:username': '$' + '{aws:username}' } };
    expect(holds(condition, context)).toBe(true);
    expect(holds(condition, context, '2008-10-17')).toBe(false);
  });

  it('are taken to the letter, wildcards among them', () => {
    const condition = { StringLike: { 'aws:k': '$' + '{aws:star}-?' } };
    expect(holds(condition, { ...context, 'aws:k': 'a*-x' })).toBe(true);
    expect(holds(condition, { ...context, 'aws:k': 'ab-x' })).toBe(false);
  });

  it('fit nothing without a value, unless they have a default', () => {
    expect(holds({ StringLike: { 'aws:username': '$' + '{aws:none}*' } }, context)).toBe(false);
    expect(holds({ StringLike: { 'aws:username': '$' + "{aws:none, 'al'}*" } }, context)).toBe(
      true,
    );
  });

  it('stand in parts of an ARN, colons among their letters', () => {
    const wanted = 'arn:aws:sqs:$' + '{aws:PrincipalTag/r}:*:orders';
    const at = (region: string) =>
      holds(
        { ArnLike: { 'aws:k': wanted } },
        {
          'aws:PrincipalTag/r': 'eu-west-1',
          'aws:k': `arn:aws:sqs:${region}:1:orders`,
        },
      );
    expect([at('eu-west-1'), at('eu-west-2')]).toEqual([true, false]);
  });

  it('count letters where the operator does, and not elsewhere', () => {
    const at = (operator: string, found: string) =>
      holds(
        { [operator]: { 'aws:k': 'Team-$' + '{aws:username}' } },
        { ...context, 'aws:k': found },
      );
    expect(at('StringEquals', 'Team-alice')).toBe(true);
    expect(at('StringEquals', 'team-alice')).toBe(false);
    expect(at('StringEqualsIgnoreCase', 'tEAM-ALICE')).toBe(true);
    expect(at('StringEqualsIgnoreCase', 'team-bob')).toBe(false);
    expect(at('StringLike', 'team-alice')).toBe(false);
  });

  it('can write a wildcard as itself', () => {
    expect(holds({ StringLike: { 'aws:star': '?$' + '{*}' } }, context)).toBe(true);
    expect(holds({ StringLike: { 'aws:username': 'alic$' + '{?}' } }, context)).toBe(false);
  });

  it('stand in resources', () => {
    const policy = parsePolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: '*',
          Action: '*',
          Resource: 'arn:aws:sqs:us-east-1:111122223333:$' + '{aws:username}-*',
        },
      }),
    );
    const principal = { type: 'AWS', arn: '', account: '' } as const;
    const decide = (name: string) =>
      evaluatePolicy(policy, {
        principal,
        action: 'sqs:X',
        resource: `arn:aws:sqs:us-east-1:111122223333:${name}`,
        context,
      }).decision;
    expect(decide('alice-jobs')).toBe('allow');
    expect(decide('bob-jobs')).toBe('none');
  });
});
