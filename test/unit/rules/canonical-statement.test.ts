import { describe, expect, it } from 'vitest';
import { canonicalStatement } from '../../../src/lib/rules/policy/canonical-statement.ts';

const ROOT = 'arn:aws:iam::111122223333:root';
const statement = {
  Sid: 'a',
  Effect: 'Allow',
  Principal: '*',
  Action: 'sqs:SendMessage',
  Resource: 'arn:q',
  Condition: { ArnEquals: { 'aws:SourceArn': 'arn:t' } },
};

describe('two statements', () => {
  it.each([
    [{ Action: ['SQS:SendMessage'] }, {}],
    [{ Principal: { AWS: '*' } }, {}],
    [{ Principal: { AWS: ['*', '*'] } }, {}],
    [{ Principal: { AWS: ROOT } }, { Principal: { AWS: '111122223333' } }],
    [
      { Principal: { Service: 's', AWS: ['b', 'a'] } },
      { Principal: { AWS: ['a', 'b'], Service: ['s'] } },
    ],
    [{ Resource: ['arn:q'] }, {}],
    [{ Condition: { arnequals: { 'AWS:SourceARN': ['arn:t'] } } }, {}],
    [{ Condition: { Bool: { k: true } } }, { Condition: { Bool: { k: 'true' } } }],
    [
      { Condition: { B: { k: '1' }, A: { k: '1', j: '2' } } },
      { Condition: { A: { j: '2', k: '1' }, B: { k: '1' } } },
    ],
    [{ Sid: undefined }, { Sid: null }],
    [{ Condition: { ArnEquals: 'x' } }, { Condition: {} }],
    [{ Condition: undefined }, { Condition: [] }],
  ])('mean the same: %j and %j', (one, other) => {
    const [left, right] = [one, other].map((changes) =>
      canonicalStatement({ ...statement, ...changes } as typeof statement),
    );
    expect(left).toBe(right);
  });

  it.each([
    [{ Sid: 'b' }],
    [{ Effect: 'Deny' }],
    [{ Principal: { AWS: ROOT } }],
    [{ Principal: { Service: '*' } }],
    [{ Principal: undefined, NotPrincipal: '*' }],
    [{ Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'] }],
    [{ Action: undefined, NotAction: 'sqs:SendMessage' }],
    [{ Resource: 'ARN:Q' }],
    [{ Resource: undefined, NotResource: 'arn:q' }],
    [{ Condition: undefined }],
    [{ Condition: { ArnLike: { 'aws:SourceArn': 'arn:t' } } }],
    [{ Condition: { ArnEquals: { 'aws:SourceAccount': 'arn:t' } } }],
    [{ Condition: { ArnEquals: { 'aws:SourceArn': 'arn:T' } } }],
    [{ Condition: { ArnEquals: { 'aws:SourceArn': ['arn:t', 'arn:u'] } } }],
  ])('differ with %j', (changes) => {
    const changed = { ...statement, ...changes } as typeof statement;
    expect(canonicalStatement(changed)).not.toBe(canonicalStatement(statement));
  });
});
