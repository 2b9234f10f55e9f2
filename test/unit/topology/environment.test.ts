import { describe, expect, it } from 'vitest';
import { environmentLines, environmentOf } from '../../../src/lib/topology/environment.ts';
import type { TopologyReport } from '../../../src/lib/topology/report.ts';

const AT = { region: 'eu-west-1' };

function report(topics: readonly string[], subscribers: readonly string[] = []): TopologyReport {
  const placed = topics.map((key) => ({ key, name: `dev-${key}`, arn: `arn:${key}` }));
  return {
    topic: placed[0] ?? { key: '', name: '', arn: null },
    topics: placed,
    subscribers: subscribers.map((name) => ({
      name,
      queueUrl: `https://sqs/${name}`,
      queueArn: null,
      dlqUrl: null,
      dlqArn: null,
      subscriptionArn: null,
      subscriptions: [],
    })),
  };
}

describe('the environment of programs', () => {
  it('names the topic, each queue and the region, and no endpoint on AWS', () => {
    expect(environmentOf(report(['payments'], ['ledger', 'fraud-check']), AT)).toEqual({
      AWS_REGION: 'eu-west-1',
      TOPIC_ARN: 'arn:payments',
      LEDGER_QUEUE_URL: 'https://sqs/ledger',
      FRAUD_CHECK_QUEUE_URL: 'https://sqs/fraud-check',
    });
  });

  it('names each of several topics, and the first as the topic too', () => {
    expect(environmentOf(report(['payments', 'refunds.v2']), AT)).toEqual({
      AWS_REGION: 'eu-west-1',
      TOPIC_ARN: 'arn:payments',
      PAYMENTS_TOPIC_ARN: 'arn:payments',
      REFUNDS_V2_TOPIC_ARN: 'arn:refunds.v2',
    });
  });

  it('gives a table by its name, and the endpoint where there is one', () => {
    const tables = [{ key: 'Orders', name: 'dev-Orders', arn: 'arn:table' }];
    const place = { ...AT, endpoint: 'http://127.0.0.1:4566' };
    expect(environmentOf({ ...report([]), tables }, place)).toEqual({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'eu-west-1',
      ORDERS_TABLE: 'dev-Orders',
    });
  });

  it('begins no variable with a digit', () => {
    expect(environmentOf(report(['t'], ['2nd']), AT)).toHaveProperty('_2ND_QUEUE_URL');
  });

  it('refuses two names that give one variable', () => {
    expect(() => environmentOf(report(['t'], ['fraud-check', 'fraud_check']), AT)).toThrow(
      /FRAUD_CHECK_QUEUE_URL/,
    );
  });

  it("refuses what isn't there", () => {
    const { subscribers, ...rest } = report(['t'], ['ledger']);
    const gone = subscribers.map((each) => ({ ...each, queueUrl: null }));
    expect(() => environmentOf({ ...rest, subscribers: gone }, AT)).toThrow(
      /"ledger" is not there/,
    );
  });

  it('is written as ECS, Lambda and .env files take it; Lambda sets the region by itself', () => {
    const environment = { AWS_REGION: 'eu-west-1', TOPIC_ARN: 'arn:t' };
    expect(environmentLines(environment, 'dotenv')).toEqual([
      'AWS_REGION=eu-west-1',
      'TOPIC_ARN=arn:t',
    ]);
    const parsed = (format: 'ecs' | 'lambda'): unknown =>
      JSON.parse(environmentLines(environment, format).join('\n'));
    expect(parsed('ecs')).toEqual([
      { name: 'AWS_REGION', value: 'eu-west-1' },
      { name: 'TOPIC_ARN', value: 'arn:t' },
    ]);
    expect(parsed('lambda')).toEqual({ Variables: { TOPIC_ARN: 'arn:t' } });
  });
});
