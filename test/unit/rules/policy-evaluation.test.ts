import { describe, expect, it } from 'vitest';
import {
  evaluatePolicy,
  explainPolicy,
  type PolicyRequest,
  parsePolicy,
} from '../../../src/lib/rules/policy/index.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:orders';
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:events';
const ALICE = 'arn:aws:iam::444455556666:user/team/Alice';
const SESSION = 'arn:aws:sts::444455556666:assumed-role/Deployer/ci';

const fromTopic: PolicyRequest = {
  principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
  action: 'sqs:SendMessage',
  resource: QUEUE,
  context: { 'aws:SourceArn': TOPIC, 'aws:SourceAccount': '111122223333' },
};
const fromAlice: PolicyRequest = {
  principal: { type: 'AWS', arn: ALICE, account: '444455556666' },
  action: 'sqs:SendMessage',
  resource: QUEUE,
  context: { 'aws:SourceIp': '203.0.113.7' },
};
const fromSession: PolicyRequest = {
  ...fromAlice,
  principal: { type: 'AWS', arn: SESSION, account: '444455556666' },
};
const anonymous: PolicyRequest = {
  ...fromAlice,
  principal: { type: 'AWS', arn: '', account: '' },
};

const allow = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: QUEUE };

function decide(statements: object | object[], request: PolicyRequest, version = '2012-10-17') {
  const policy = parsePolicy(JSON.stringify({ Version: version, Statement: statements }));
  return evaluatePolicy(policy, request).decision;
}

describe('principals', () => {
  it.each<[unknown, PolicyRequest, string]>([
    ['*', fromAlice, 'allow'],
    ['*', anonymous, 'allow'],
    ['*', fromTopic, 'allow'],
    [{ AWS: '*' }, fromAlice, 'allow'],
    [{ AWS: '444455556666' }, fromAlice, 'allow'],
    [{ AWS: ['999999999999', '444455556666'] }, fromAlice, 'allow'],
    [{ AWS: 'arn:aws:iam::444455556666:root' }, fromAlice, 'allow'],
    [{ AWS: 'arn:aws:iam::444455556666:root' }, fromSession, 'allow'],
    [{ AWS: 'arn:aws:iam::111122223333:root' }, fromAlice, 'none'],
    [{ AWS: '444455556666' }, anonymous, 'none'],
    [{ AWS: ALICE }, fromAlice, 'allow'],
    [{ AWS: 'arn:aws:iam::444455556666:user/Alice' }, fromAlice, 'none'],
    [{ AWS: 'arn:aws:iam::444455556666:role/Deployer' }, fromSession, 'allow'],
    [{ AWS: 'arn:aws:iam::444455556666:role/ci/Deployer' }, fromSession, 'allow'],
    [{ AWS: 'arn:aws:iam::444455556666:role/Other' }, fromSession, 'none'],
    [{ AWS: 'arn:aws:iam::999999999999:role/Deployer' }, fromSession, 'none'],
    [{ AWS: SESSION }, fromSession, 'allow'],
    [{ AWS: 'arn:aws:sts::444455556666:assumed-role/Deployer/other' }, fromSession, 'none'],
    [{ Service: 'sns.amazonaws.com' }, fromTopic, 'allow'],
    [{ Service: ['s3.amazonaws.com', 'sns.amazonaws.com'] }, fromTopic, 'allow'],
    [{ Service: 's3.amazonaws.com' }, fromTopic, 'none'],
    [{ Service: 'sns.amazonaws.com' }, fromAlice, 'none'],
    [{ Federated: 'cognito-identity.amazonaws.com' }, fromAlice, 'none'],
    [{ CanonicalUser: 'abc' }, fromAlice, 'none'],
    [{ AWS: ALICE, Service: 'sns.amazonaws.com' }, fromTopic, 'allow'],
  ])('%j', (Principal, request, decision) => {
    expect(decide({ ...allow, Principal }, request)).toBe(decision);
  });

  it('NotPrincipal covers everybody else', () => {
    const { Principal: _, ...rest } = allow;
    const deny = { ...rest, Effect: 'Deny', NotPrincipal: { AWS: ALICE } };
    expect(decide([allow, deny], fromAlice)).toBe('allow');
    expect(decide([allow, deny], fromSession)).toBe('deny');
  });
});

describe('actions and resources', () => {
  it.each([
    [{ Action: 'SQS:SendMessage' }, 'allow'],
    [{ Action: 'sqs:sendmessage' }, 'allow'],
    [{ Action: ['sqs:ReceiveMessage', 'sqs:Send*'] }, 'allow'],
    [{ Action: 'sqs:SendMessag?' }, 'allow'],
    [{ Action: '*' }, 'allow'],
    [{ Action: 'sqs:*' }, 'allow'],
    [{ Action: 'sns:*' }, 'none'],
    [{ Action: undefined, NotAction: 'sqs:DeleteQueue' }, 'allow'],
    [{ Action: undefined, NotAction: ['sqs:Send*'] }, 'none'],
    [{ Resource: '*' }, 'allow'],
    [{ Resource: 'arn:aws:sqs:*:111122223333:ord*' }, 'allow'],
    [{ Resource: 'arn:aws:sqs:us-east-?:111122223333:orders' }, 'allow'],
    [{ Resource: 'arn:aws:sqs:us-east-1:111122223333:Orders' }, 'none'],
    [{ Resource: ['arn:aws:sqs:us-east-1:111122223333:x', QUEUE] }, 'allow'],
    [{ Resource: undefined, NotResource: QUEUE }, 'none'],
    [{ Resource: undefined, NotResource: 'arn:aws:sqs:*:*:other' }, 'allow'],
  ])('%j: %s', (elements, decision) => {
    expect(decide({ ...allow, ...elements }, fromAlice)).toBe(decision);
  });
});

describe('decision', () => {
  it('has none without a policy', () => {
    expect(evaluatePolicy(undefined, fromAlice)).toEqual({ decision: 'none' });
  });

  it('lets a Deny win over any Allow, and names the statement', () => {
    const policy = parsePolicy(
      JSON.stringify({
        Statement: [
          { ...allow, Sid: 'open' },
          {
            ...allow,
            Sid: 'shut',
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': false } },
          },
        ],
      }),
    );
    expect(evaluatePolicy(policy, fromAlice)).toEqual({ decision: 'allow', statement: 'open' });
    const insecure = { ...fromAlice, context: { 'aws:SecureTransport': 'false' } };
    expect(evaluatePolicy(policy, insecure)).toEqual({ decision: 'deny', statement: 'shut' });
  });

  it('names a statement without Sid by its position', () => {
    const policy = parsePolicy(
      JSON.stringify({ Statement: [{ ...allow, Action: 'sqs:X' }, allow] }),
    );
    expect(evaluatePolicy(policy, fromAlice)).toEqual({ decision: 'allow', statement: 1 });
  });

  it('takes a single statement for a list of one', () => {
    expect(decide(allow, fromAlice)).toBe('allow');
  });
});

describe('explanation', () => {
  it('says of each statement what kept it from applying', () => {
    const policy = parsePolicy(
      JSON.stringify({
        Statement: [
          {
            Sid: 'pubsub-events',
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: `${QUEUE}-old`,
            Condition: {
              ArnEquals: { 'aws:SourceArn': `${TOPIC}-old` },
              Null: { 'aws:x': 'false' },
            },
          },
          {
            Effect: 'Allow',
            Principal: { AWS: '444455556666' },
            Action: 'sqs:Get*',
            Resource: QUEUE,
          },
        ],
      }),
    );
    expect(explainPolicy(policy, fromTopic)).toEqual({
      decision: 'none',
      statements: [
        {
          statement: 'pubsub-events',
          effect: 'Allow',
          applies: false,
          mismatches: [
            { element: 'Resource', wanted: `${QUEUE}-old`, found: QUEUE },
            {
              element: 'Condition',
              operator: 'ArnEquals',
              key: 'aws:SourceArn',
              wanted: [`${TOPIC}-old`],
              found: [TOPIC],
            },
            {
              element: 'Condition',
              operator: 'Null',
              key: 'aws:x',
              wanted: ['false'],
              found: undefined,
            },
          ],
        },
        {
          statement: 1,
          effect: 'Allow',
          applies: false,
          mismatches: [
            { element: 'Principal', wanted: { AWS: '444455556666' }, found: 'sns.amazonaws.com' },
            { element: 'Action', wanted: 'sqs:Get*', found: 'sqs:SendMessage' },
          ],
        },
      ],
    });
  });

  it('comes to the same decision as the evaluation', () => {
    const policy = parsePolicy(JSON.stringify({ Statement: { ...allow, Sid: 'open' } }));
    expect(explainPolicy(policy, fromAlice)).toEqual({
      decision: 'allow',
      statement: 'open',
      statements: [{ statement: 'open', effect: 'Allow', applies: true, mismatches: [] }],
    });
    expect(explainPolicy(undefined, fromAlice)).toEqual({ decision: 'none', statements: [] });
  });
});
