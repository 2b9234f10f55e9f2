import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { reportFailedAttempts } from './failed-attempts.ts';
import type { TopicAccess } from './sns-at.ts';
import type { TableAccess } from './table-access.ts';

// Its text is for developers of this project, and would stand in the log of each start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * A caller of a function waits: an address that takes no connection, and a call that gets no answer, are given up within
 * so many milliseconds.
 */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true };
const MAX_ATTEMPTS = 3;

/**
 * Clients of a Lambda function: what they are told stands in its environment, as the runtime and the SDK name it
 * (credentials, `AWS_REGION`, `AWS_ENDPOINT_URL`).
 */
export function createFunctionClients(
  env: Readonly<Record<string, string | undefined>>,
): TopicAccess & TableAccess {
  const region = env.AWS_REGION ?? '';
  const { AWS_ENDPOINT_URL: endpoint } = env;
  const config = {
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: TIMEOUTS,
    cacheMiddleware: true,
  };
  const snsIn = (of: string): SNSClient => {
    const client = new SNSClient({ ...config, region: of });
    reportFailedAttempts(client);
    return client;
  };
  const dynamodb = new DynamoDBClient({ ...config, region });
  return {
    sns: snsIn(region),
    snsIn,
    dynamodb: async () => dynamodb,
    region,
    endpoint,
    kind: endpoint === undefined ? 'aws' : 'endpoint',
  };
}
