import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import type { CallTarget } from './errors.ts';
import { reportFailedAttempts } from './failed-attempts.ts';
import type { TopicAccess } from './sns-at.ts';
import type { TableAccess } from './table-access.ts';

// Its text is for developers of this project, and would stand in the log of each start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The environment of a Lambda function: credentials, `AWS_REGION`, `AWS_ENDPOINT_URL`, as the SDK reads them. */
export type FunctionEnv = Readonly<Record<string, string | undefined>>;

/**
 * A function's caller waits: an address that takes no connection, and a call that gets no answer, are given up within so
 * many milliseconds.
 */
const CONFIG = {
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
  },
  cacheMiddleware: true,
};
/** A request fails without its table; without the topic its events wait. */
const MAX_ATTEMPTS = { table: 3, topic: 2 };

/** What a function publishes with. */
export function createTopicAccess(env: FunctionEnv): TopicAccess {
  const snsIn = (region: string): SNSClient => {
    const client = new SNSClient({ ...CONFIG, region, maxAttempts: MAX_ATTEMPTS.topic });
    reportFailedAttempts(client);
    return client;
  };
  const target = targetOf(env);
  return { ...target, sns: snsIn(target.region), snsIn };
}

/** What a function reads and writes tables with. */
export function createTableAccess(env: FunctionEnv): TableAccess {
  const target = targetOf(env);
  const client = new DynamoDBClient({
    ...CONFIG,
    region: target.region,
    maxAttempts: MAX_ATTEMPTS.table,
  });
  return { ...target, dynamodb: async () => client };
}

function targetOf({
  AWS_REGION: region = '',
  AWS_ENDPOINT_URL: endpoint,
}: FunctionEnv): CallTarget {
  return { region, endpoint, kind: endpoint === undefined ? 'aws' : 'endpoint' };
}
