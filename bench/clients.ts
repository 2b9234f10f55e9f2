import { Agent } from 'node:http';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Calls in flight at a time, each on a connection of its own. */
export const CONCURRENCY = 16;

export interface Clients {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  close(): void;
}

/** SDK clients as an application would have them: one connection pool, no retries that would hide failures. */
export function connect(endpoint: string): Clients {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const settings = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: { httpAgent },
    maxAttempts: 1,
  };
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const sns = new SNSClient(settings);
  return {
    sqs,
    sns,
    close() {
      sqs.destroy();
      sns.destroy();
      httpAgent.destroy();
    },
  };
}
