import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { chooseTopic } from '../../../src/lib/definition/find.ts';
import { judge } from '../../../src/lib/diagnose/doctor/diagnose.ts';
import { factOf } from '../../../src/lib/diagnose/doctor/fact.ts';
import type { BranchFacts, TopicFacts } from '../../../src/lib/diagnose/doctor/facts.ts';
import { renderAdvice, renderDiagnosis, type ShownCheck } from '../../../src/lib/ui/doctor.ts';
import { wrapText } from '../../../src/lib/ui/wrap.ts';
import { ordersTopology } from '../../fixtures/orders-topology.ts';

const ACCOUNT = '123456789012';
const topology = ordersTopology('');
const spec = first(topology.subscribers);
const topic = chooseTopic(topology, undefined);
const at = (service: string, name: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`;
const QUEUE_ARN = at('sqs', spec.queue);

const TOPIC: TopicFacts = {
  key: topic.key,
  name: topic.name,
  arn: at('sns', topic.name),
  attributes: factOf({}),
  subscriptions: factOf([]),
  published: [],
  repeats: undefined,
};

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('there is none');
  return one;
}

/** A branch in which all is well, with some facts otherwise. */
function branch(changed: Partial<BranchFacts> = {}): BranchFacts {
  const listed = {
    arn: `${TOPIC.arn}:1`,
    topicArn: TOPIC.arn,
    protocol: 'sqs',
    endpoint: QUEUE_ARN,
  };
  const policy = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: QUEUE_ARN,
    },
  };
  const name = spec.dlq ?? '';
  return {
    spec,
    topic: TOPIC,
    declared: first(spec.subscriptions),
    queueArn: QUEUE_ARN,
    queue: factOf({
      name: spec.queue,
      url: 'https://sqs/queue',
      arn: QUEUE_ARN,
      attributes: {
        Policy: JSON.stringify(policy),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: at('sqs', name),
          maxReceiveCount: '3',
        }),
      },
    }),
    dlq: factOf({ name, url: 'https://sqs/dlq', arn: at('sqs', name), attributes: {} }),
    attachment: factOf({ confirmed: [listed], pending: [], elsewhere: [] }),
    subscription: factOf({ arn: listed.arn, attributes: {} }),
    key: factOf(undefined),
    receivers: undefined,
    oldestDeadLetter: undefined,
    reasons: [],
    ...changed,
  };
}

function findings(facts: BranchFacts, topic: TopicFacts = TOPIC) {
  const { checks } = judge(
    { topics: [topic], subscribers: [{ ...facts, branches: [facts] }] },
    {
      identity: {
        target: 'aws',
        account: ACCOUNT,
        arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
        region: 'us-east-1',
        endpoint: undefined,
      },
      topology,
      missing: undefined,
      now: Date.parse('2025-01-01T12:00:00Z'),
    },
  );
  return checks.filter(({ verdict }) => verdict !== 'ok');
}

describe('the checks of doctor', () => {
  it('find nothing where all is well, on AWS too', () => {
    expect(findings(branch())).toEqual([]);
  });

  it('name a topic that nobody is subscribed to, and what waits for its confirmation', () => {
    const judged = (
      subscriptions: TopicFacts['subscriptions'],
      subscribers = topology.subscribers,
    ) =>
      judge(
        { topics: [{ ...TOPIC, subscriptions }], subscribers: [] },
        {
          identity: {
            target: 'aws',
            account: ACCOUNT,
            arn: undefined,
            region: 'us-east-1',
            endpoint: undefined,
          },
          topology: { ...topology, subscribers },
          missing: undefined,
          now: 0,
        },
      ).checks.find(({ id }) => id === 'topic');
    const waiting = (protocol: string, endpoint: string) => ({
      arn: undefined,
      topicArn: TOPIC.arn,
      protocol,
      endpoint,
    });
    expect(judged(factOf([]), [])).toMatchObject({
      verdict: 'warn',
      evidence: expect.stringContaining('Nobody is subscribed'),
    });
    // What the topology's own subscribers miss is said with them.
    expect(judged(factOf([]))?.verdict).toBe('ok');
    expect(judged(factOf([waiting('sqs', QUEUE_ARN)]))?.verdict).toBe('ok');
    expect(judged(factOf([waiting('email', 'a@example.com')]))).toMatchObject({
      verdict: 'warn',
      evidence: expect.stringContaining('email a@example.com'),
    });
  });

  it('name a second subscription of the same queue', () => {
    const [first, second] = ['1', '2'].map((id) => ({
      arn: `${TOPIC.arn}:${id}`,
      topicArn: TOPIC.arn,
      protocol: 'sqs',
      endpoint: QUEUE_ARN,
    }));
    const confirmed = [first, second].filter((each) => each !== undefined);

    expect(
      findings(branch({ attachment: factOf({ confirmed, pending: [], elsewhere: [] }) })),
    ).toMatchObject([
      {
        id: 'subscription',
        verdict: 'warn',
        fix: { tool: 'aws', commands: [['sns', 'unsubscribe', '--subscription-arn', second?.arn]] },
      },
    ]);
  });

  it('name a queue policy that is not a policy', () => {
    const facts = branch();
    if (facts.queue.kind !== 'value') throw new Error('the queue is known');
    for (const Policy of ['{"Statement":', '{"Statement":[{"Effect":"Perhaps"}]}']) {
      const queue = { ...facts.queue.value, attributes: { Policy, RedrivePolicy: '' } };
      expect(
        findings({ ...facts, queue: factOf(queue) }).filter(({ id }) => id === 'queue-policy'),
      ).toMatchObject([{ verdict: 'fail', evidence: expect.stringContaining("can't be read") }]);
    }
  });

  it('say what an endpoint without KMS leaves unknown', () => {
    expect(
      findings(branch({ key: { kind: 'failed', because: 'The endpoint knows no KMS.' } })),
    ).toMatchObject([{ id: 'encryption-key', verdict: 'unknown' }]);
  });

  it('say what SNS does not tell of a FIFO topic on AWS', () => {
    const arn = `${TOPIC.arn}.fifo`;
    expect(findings(branch(), { ...TOPIC, arn })).toMatchObject([
      { id: 'deduplication', verdict: 'unknown' },
    ]);
  });

  it.each([
    ['{"tier":["gold"]}', 'MessageAttributes', 'warn', 'there is no message attribute tier'],
    ['{"total":[{"numeric":[">",1000]}]}', 'MessageBody', 'warn', 'does not satisfy'],
    ['{"status":["lost"]}', 'MessageBody', 'fail', 'does not satisfy'],
    ['{"user_id":[1]}', 'MessageAttributes', 'fail', 'user_id is a field of the body'],
  ])(
    'say of the filter %s on %s what is certain',
    (FilterPolicy, FilterPolicyScope, verdict, words) => {
      const attributes = { FilterPolicy, FilterPolicyScope };
      expect(
        findings(branch({ subscription: factOf({ arn: `${TOPIC.arn}:1`, attributes }) })),
      ).toMatchObject([{ id: 'filter', verdict, evidence: expect.stringContaining(words) }]);
    },
  );
});

describe('the rendering of doctor', () => {
  const style = new Chalk({ level: 0 });
  const check = (changed: Partial<ShownCheck>): ShownCheck => ({
    id: 'queue-policy',
    subject: 'email',
    verdict: 'fail',
    evidence: 'No statement allows it.',
    fix: null,
    ...changed,
  });

  it('keeps to the columns there are, and a command to paste in one piece', () => {
    const fix = `pubsub setup ${'x'.repeat(90)}`;
    const evidence = `Statement {"Resource":"${'y'.repeat(120)}"} denies it, and more words.`;
    for (const columns of [20, 40, 63, 64, 80, 200]) {
      const lines = renderDiagnosis(
        { checks: [check({ fix, evidence }), check({ verdict: 'ok', evidence })], skipped: [] },
        columns,
        style,
      );
      expect(lines).toContain(`      ${fix}`);
      const others = lines.filter((line) => !line.includes(fix));
      expect(Math.max(...others.map(({ length }) => length))).toBeLessThanOrEqual(
        Math.max(columns, 30),
      );
    }
  });

  it('writes out what could drive a terminal', () => {
    const [, , line = ''] = renderDiagnosis(
      { checks: [check({ evidence: 'a\u001b[31mb' })], skipped: [] },
      40,
      style,
    );
    expect(line.trim()).toBe('a\\u{1b}[31mb');
  });

  it('ends with what to do', () => {
    const again = 'pubsub doctor';
    const advice = (...checks: ShownCheck[]): string[] => renderAdvice(checks, again, 80);
    expect(advice(check({ verdict: 'ok' }))).toEqual(['All 1 checks are ok.']);
    expect(advice(check({ fix: 'pubsub setup' }), check({ id: 'filter' }))).toEqual([
      '2 problems: email queue-policy, email filter.',
      'Begin with:',
      '  pubsub setup',
    ]);
    expect(advice(check({ verdict: 'warn' })).at(-1)).toBe('  pubsub doctor');
    expect(advice(check({ verdict: 'unknown' }))).toEqual([
      '1 unknown: email queue-policy.',
      'Get the permissions that are missing, then run:',
      '  pubsub doctor',
    ]);
    expect(advice(...Array.from({ length: 9 }, () => check({})))[1]).toContain('and 3 more.');
  });

  it('breaks words only where they are longer than a line', () => {
    expect(wrapText('one two  three', 7)).toEqual(['one two', 'three']);
    expect(wrapText('abcdefgh ij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrapText('', 10)).toEqual(['']);
  });
});
