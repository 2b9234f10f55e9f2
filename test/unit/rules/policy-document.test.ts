import { describe, expect, it } from 'vitest';
import {
  allowTopic,
  hasEquivalentStatement,
  mergeStatement,
  removeStatement,
} from '../../../src/lib/rules/policy/document.ts';
import { evaluatePolicy, InvalidPolicy, parsePolicy } from '../../../src/lib/rules/policy/index.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:email-service-queue';
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:order-events';
const own = allowTopic(TOPIC, QUEUE);
const foreign =
  '{ "Sid":"theirs", "Effect" : "Allow","Principal":{"AWS":"444455556666"},"Action":"sqs:*","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":12345678901234567890}} }';

describe('the statement for a topic', () => {
  it('is the documented one', () => {
    expect(own).toEqual({
      Sid: 'pubsub-order-events',
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: QUEUE,
      Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
    });
  });
});

describe('merging', () => {
  it.each([undefined, '', ' '])('starts a policy where there is none: %j', (text) => {
    const result = mergeStatement(text, own);
    expect(JSON.parse(result.text)).toEqual({ Version: '2012-10-17', Statement: [own] });
    expect(result.changed).toBe(true);
    parsePolicy(result.text);
  });

  it('adds to the end and leaves the rest to the letter', () => {
    const before = `{ "Version":"2008-10-17", "Id":"x", "Statement" : [${foreign}] }`;
    const { text } = mergeStatement(before, own);
    expect(text).toBe(
      `{ "Version":"2008-10-17", "Id":"x", "Statement" : [${foreign},${JSON.stringify(own)}] }`,
    );
  });

  it('makes a list of a single statement', () => {
    const { text } = mergeStatement(`{"Statement":${foreign},"Id":"x"}`, own);
    expect(text).toBe(`{"Statement":[${foreign},${JSON.stringify(own)}],"Id":"x"}`);
  });

  it('adds a Statement to a policy without one', () => {
    expect(JSON.parse(mergeStatement('{"Version":"2012-10-17"}', own).text)).toEqual({
      Version: '2012-10-17',
      Statement: [own],
    });
    expect(JSON.parse(mergeStatement('{ }', own).text)).toEqual({ Statement: [own] });
  });

  it('replaces ours where it stands, and drops repetitions of it', () => {
    const stale = JSON.stringify({ ...own, Resource: 'arn:aws:sqs:us-east-1:111122223333:old' });
    const { text, changed } = mergeStatement(`{"Statement":[${stale},${foreign},${stale}]}`, own);
    expect(text).toBe(`{"Statement":[${JSON.stringify(own)},${foreign}]}`);
    expect(changed).toBe(true);
  });

  it('changes nothing the second time', () => {
    const { text } = mergeStatement(`{"Statement":${foreign}}`, own);
    expect(mergeStatement(text, own)).toEqual({ text, changed: false });
  });

  it.each([
    '{',
    '[]',
    '"x"',
    '{"Statement":"x"}',
    '{"Statement":[1]}',
    '{"Statement":[],"Statement":[]}',
  ])('refuses what is not a policy: %s', (text) => {
    expect(() => mergeStatement(text, own)).toThrow(InvalidPolicy);
    expect(() => removeStatement(text, own.Sid)).toThrow(InvalidPolicy);
    expect(() => hasEquivalentStatement(text, own)).toThrow(InvalidPolicy);
  });

  it('leaves a policy that lets the topic send and nobody else', () => {
    const policy = parsePolicy(mergeStatement(undefined, own).text);
    const ask = (source: string) =>
      evaluatePolicy(policy, {
        principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
        action: 'sqs:SendMessage',
        resource: QUEUE,
        context: { 'aws:SourceArn': source },
      }).decision;
    expect(ask(TOPIC)).toBe('allow');
    expect(ask(`${TOPIC}-2`)).toBe('none');
  });
});

describe('equivalence', () => {
  const same: [string, object][] = [
    ['itself', own],
    ['another case of the action', { ...own, Action: 'SQS:SendMessage' }],
    ['lists of one', { ...own, Action: ['sqs:SendMessage'], Resource: [QUEUE] }],
    ['a list of one principal', { ...own, Principal: { Service: ['sns.amazonaws.com'] } }],
    ['a list of one value', { ...own, Condition: { ArnEquals: { 'aws:SourceArn': [TOPIC] } } }],
    ['another case of the key', { ...own, Condition: { ArnEquals: { 'aws:sourcearn': TOPIC } } }],
    ['another order', Object.fromEntries(Object.entries(own).reverse())],
  ];
  it.each(same)('%s', (_, statement) => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    expect(hasEquivalentStatement(text, own)).toBe(true);
    expect(mergeStatement(text, own)).toEqual({ text, changed: false });
  });

  const different: [string, object][] = [
    ['another effect', { ...own, Effect: 'Deny' }],
    ['another action', { ...own, Action: 'sqs:*' }],
    ['one action more', { ...own, Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'] }],
    ['another resource', { ...own, Resource: '*' }],
    ['everybody', { ...own, Principal: '*' }],
    ['another operator', { ...own, Condition: { StringEquals: { 'aws:SourceArn': TOPIC } } }],
    ['no condition', { ...own, Condition: undefined }],
    [
      'a condition more',
      {
        ...own,
        Condition: { ...(own.Condition as object), Bool: { 'aws:SecureTransport': 'true' } },
      },
    ],
    ['another Sid', { ...own, Sid: 'theirs' }],
    ['a NotAction', { ...own, Action: undefined, NotAction: 'sqs:SendMessage' }],
  ];
  it.each(different)('not with %s', (_, statement) => {
    expect(hasEquivalentStatement(JSON.stringify({ Statement: statement }), own)).toBe(false);
  });

  it.each([
    ['*', { AWS: '*' }],
    [{ AWS: '*' }, '*'],
    [{ AWS: 'arn:aws:iam::111122223333:root' }, { AWS: '111122223333' }],
    [{ AWS: ['111122223333', '444455556666'] }, { AWS: ['444455556666', '111122223333'] }],
  ])('principal %j for %j', (written, found) => {
    const text = JSON.stringify({ Statement: [{ ...own, Principal: found }] });
    expect(hasEquivalentStatement(text, { ...own, Principal: written })).toBe(true);
  });

  it('is false without a policy', () => {
    expect(hasEquivalentStatement(undefined, own)).toBe(false);
  });
});

describe('removing', () => {
  it('leaves the others to the letter', () => {
    const text = `{"Id":"x", "Statement":[${foreign},${JSON.stringify(own)}]}`;
    expect(removeStatement(text, own.Sid)).toEqual({
      text: `{"Id":"x", "Statement":[${foreign}]}`,
      changed: true,
    });
  });

  it('leaves nothing of a policy that was all ours', () => {
    expect(removeStatement(mergeStatement(undefined, own).text, own.Sid)).toEqual({
      text: '',
      changed: true,
    });
  });

  it('changes nothing where it is not there', () => {
    const text = `{"Statement":${foreign}}`;
    expect(removeStatement(text, own.Sid)).toEqual({ text, changed: false });
    expect(removeStatement(undefined, own.Sid)).toEqual({ text: '', changed: false });
  });
});
