import { setTimeout as sleep } from 'node:timers/promises';
import { createTableAccess, createTopicAccess } from '../../aws/function-clients.ts';
import { type ServerLog, serverLogLine } from '../../http/server-log.ts';
import { createDynamoDbStore } from '../dynamodb/dynamodb-store.ts';
import { createOrderItems } from '../dynamodb/order-items.ts';
import { operationRoutes } from '../http/operation-routes.ts';
import { orderRoutes } from '../http/order-routes.ts';
import { createOrderPublisher } from '../order-publisher.ts';
import type { FunctionStore } from '../order-store.ts';
import { readFunctionEnvironment } from './function-environment.ts';
import { ANSWER_MARGIN_MS, createHttpApi } from './http-api.ts';
import { type HttpResult, type InvocationContext, isHttpEvent } from './payload.ts';

declare const PUBSUB_VERSION: string;

/** Milliseconds that are left to a function at which it begins no further sweep. */
const SWEEP_MARGIN_MS = 10_000;

const { orders, topicArn, token, bodyLimit } = readFunctionEnvironment(process.env);
const aws = createTopicAccess(process.env);
const log: ServerLog = (entry) => console.log(serverLogLine(entry, Date.now()));
const publishing = {
  publisher: createOrderPublisher({ aws, topicArn }),
  onTrouble: ({ message }: Error) => {
    log({ kind: 'warning', message: `${message} Events wait with their orders.` });
  },
};
const store = await openStore();
// The store publishes by itself.
const routes = orderRoutes({ store, onEvent: () => {} });
const answer = createHttpApi({
  routes: [
    ...routes,
    ...operationRoutes({
      version: PUBSUB_VERSION,
      beside: routes,
      readiness: {
        lag: () => store.lag(),
        topic: async () => {
          const { checkTopic } = await import('../topic-check.ts');
          return checkTopic(aws, topicArn);
        },
      },
    }),
  ],
  token,
  bodyLimit,
  log,
});

/**
 * The order API as a Lambda function: requests in payload format 2.0 are answered; any other event, such as one of a
 * schedule, publishes what waits, as long as there is time, and answers how many events that were.
 */
export async function handler(
  event: unknown,
  context: InvocationContext,
): Promise<HttpResult | { readonly published: number }> {
  if (!isHttpEvent(event)) return { published: await sweepAll(context) };
  // Beside the request, which then takes hardly longer. Nothing goes on once the answer is given: what is claimed and not
  // published by then is due again later.
  const timeoutMs = Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MARGIN_MS);
  const [result] = await Promise.all([
    answer(event, context),
    Promise.race([store.sweep(), sleep(timeoutMs, undefined, { ref: false })]),
  ]);
  return result;
}

async function sweepAll(context: InvocationContext): Promise<number> {
  let all = 0;
  for (;;) {
    const published = await store.sweep(true);
    all += published;
    if (published === 0 || context.getRemainingTimeInMillis() < SWEEP_MARGIN_MS) return all;
  }
}

async function openStore(): Promise<FunctionStore> {
  if ('table' in orders) {
    const items = createOrderItems(createTableAccess(process.env), orders.table);
    return createDynamoDbStore({ items, ...publishing });
  }
  const { createDatabaseStore } = await import('./database-store.ts');
  return createDatabaseStore({ url: orders.databaseUrl, ...publishing });
}
