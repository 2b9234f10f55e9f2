import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluatePolicy,
  explainPolicy,
  InvalidPolicy,
  type PolicyRequest,
  parsePolicy,
} from '../../../src/lib/rules/policy/index.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:orders';
const allow = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: QUEUE };

function refusal(policy: unknown): string {
  try {
    parsePolicy(typeof policy === 'string' ? policy : JSON.stringify(policy));
  } catch (error) {
    if (error instanceof InvalidPolicy) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('what is refused', () => {
  it.each<[string, unknown]>([
    ['The policy is not JSON', '{'],
    ['not a JSON object', '[]'],
    ['not a JSON object', 'null'],
    ['Statement is missing', {}],
    ['Statement is empty', { Statement: [] }],
    ['Version must be', { Version: '2013-01-01', Statement: allow }],
    ['Id must be a string', { Id: 1, Statement: allow }],
    ['Statement 0 must be an object', { Statement: ['a'] }],
    ['Statement 1 must be an object', { Statement: [allow, null] }],
    ['Unknown element Statements', { Statement: allow, Statements: [] }],
  ])('%s: %j', (message, policy) => {
    expect(refusal(policy)).toContain(message);
  });

  it.each<[string, object]>([
    ['Effect must be', { Effect: 'allow' }],
    ['Principal is missing', { Principal: undefined }],
    ['exclude each other', { NotPrincipal: '*' }],
    ['Principal must be', { Principal: 'AWS' }],
    ['unknown principal type', { Principal: { aws: '*' } }],
    ['Invalid principal', { Principal: { AWS: 'alice' } }],
    ['Invalid principal', { Principal: { AWS: 'arn:aws:iam::*:root' } }],
    ['Principal is empty', { Principal: {} }],
    ['is empty', { Principal: { AWS: [] } }],
    ['Action is missing', { Action: undefined }],
    ['Action is empty', { Action: [] }],
    ['names no service', { Action: 'SendMessage' }],
    ['must be a string', { Action: [1] }],
    ['Resource is missing', { Resource: undefined }],
    ['is not an ARN', { Resource: 'orders' }],
    ['exclude each other', { NotResource: '*' }],
    ['Sid must be a string', { Sid: 1 }],
    ['unknown element Actions', { Actions: '*' }],
    ['Condition must be an object', { Condition: [] }],
    ['unknown operator StringIs', { Condition: { StringIs: { 'aws:k': 'a' } } }],
    ['unknown operator ForSome:Bool', { Condition: { 'ForSome:Bool': { 'aws:k': 'true' } } }],
    ['must be an object', { Condition: { StringEquals: 'a' } }],
    ['must hold strings', { Condition: { StringEquals: { 'aws:k': {} } } }],
    ['not a boolean', { Condition: { Bool: { 'aws:k': 'yes' } } }],
    ['not a number', { Condition: { NumericEquals: { 'aws:k': 'x' } } }],
    ['not a date', { Condition: { DateEquals: { 'aws:k': 'soon' } } }],
    ['not an IP address', { Condition: { IpAddress: { 'aws:k': '10.0.0/8' } } }],
    ['Null takes true or false', { Condition: { Null: { 'aws:k': ['true', 'false'] } } }],
  ])('%s: %j', (message, element) => {
    expect(refusal({ Statement: { ...allow, Sid: 'it', ...element } })).toContain(message);
  });

  it('names the statement by Sid or position', () => {
    const bad = { ...allow, Effect: 'x' };
    expect(refusal({ Statement: [{ ...bad, Sid: 'it' }] })).toMatch(/^Statement it: /);
    expect(refusal({ Statement: [allow, bad] })).toMatch(/^Statement 1: /);
  });

  it('two statements of one Sid', () => {
    const it = { ...allow, Sid: 'it' };
    expect(refusal({ Statement: [it, it] })).toBe('Two statements have the Sid it');
    expect(refusal({ Statement: [allow, allow] })).toBe('accepted');
  });
});

const word = fc.constantFrom('a', 'a*', '?', '*', '$' + '{aws:k}', 'sqs:Send*', QUEUE, 'true', '5');
const arn = fc.constantFrom('*', QUEUE, 'arn:aws:sqs:*:*:*', 'arn:aws:sqs:$' + '{aws:k}');
const operator = fc.constantFrom(
  'StringEquals',
  'StringNotLike',
  'ArnLike',
  'ForAllValues:StringLike',
  'ForAnyValue:StringNotEquals',
  'StringLikeIfExists',
);
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Principal: fc.constantFrom('*', { AWS: '444455556666' }, { Service: 'sns.amazonaws.com' }),
  Action: fc.constantFrom('*', 'sqs:*', 'SQS:SendMessage', 'sqs:DeleteMessage'),
  Resource: fc.array(arn, { minLength: 1, maxLength: 2 }),
  Condition: fc.dictionary(
    operator,
    fc.dictionary(fc.constantFrom('aws:k', 'AWS:K', 'aws:j'), word, {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    {
      maxKeys: 2,
      noNullPrototype: true,
    },
  ),
});
const policies = fc.record({
  Version: fc.constantFrom('2008-10-17', '2012-10-17'),
  Statement: fc.array(statement, { minLength: 1, maxLength: 4 }),
});
const requests: fc.Arbitrary<PolicyRequest> = fc.record({
  principal: fc.constantFrom(
    { type: 'AWS' as const, arn: 'arn:aws:iam::444455556666:user/Alice', account: '444455556666' },
    { type: 'Service' as const, arn: 'sns.amazonaws.com', account: '' },
    { type: 'AWS' as const, arn: '', account: '' },
  ),
  action: fc.constantFrom('sqs:SendMessage', 'SQS:sendmessage', 'sqs:DeleteMessage'),
  resource: fc.constantFrom(QUEUE, `${QUEUE}-2`),
  context: fc.dictionary(
    fc.constantFrom('aws:k', 'aws:K', 'aws:j'),
    fc.oneof(word, fc.array(word, { maxLength: 3 })),
    {
      noNullPrototype: true,
    },
  ),
});

describe('any policy', () => {
  it('is compiled or refused, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void refusal(text)));
  });

  it('decides without throwing, and the explanation agrees', () => {
    fc.assert(
      fc.property(policies, requests, (source, request) => {
        const policy = parsePolicy(JSON.stringify(source));
        const { decision, statement: deciding } = evaluatePolicy(policy, request);
        const explained = explainPolicy(policy, request);
        expect(explained.decision).toBe(decision);
        const applying = explained.statements.filter(({ applies }) => applies);
        const effects = new Set(applying.map(({ effect }) => effect));
        expect(decision).toBe(
          effects.has('Deny') ? 'deny' : effects.has('Allow') ? 'allow' : 'none',
        );
        if (decision !== 'none') expect(applying.map((each) => each.statement)).toContain(deciding);
      }),
    );
  });

  it('denies no less with a Deny more, and allows no less with an Allow more', () => {
    fc.assert(
      fc.property(policies, statement, requests, (source, more, request) => {
        const decide = (statements: object[]) =>
          evaluatePolicy(parsePolicy(JSON.stringify({ ...source, Statement: statements })), request)
            .decision;
        const before = decide(source.Statement);
        const after = decide([...source.Statement, more]);
        if (more.Effect === 'Deny') expect(after === before || after === 'deny').toBe(true);
        else expect(after === before || (before === 'none' && after === 'allow')).toBe(true);
      }),
    );
  });
});
