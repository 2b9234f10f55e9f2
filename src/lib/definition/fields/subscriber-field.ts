import { InvalidFilterPolicy, parseFilterPolicy } from '../../rules/filter-policy/index.ts';
import {
  MAX_BATCH_SIZE,
  MAX_BATCH_WINDOW_SECONDS,
  MAX_MAXIMUM_CONCURRENCY,
  MIN_MAXIMUM_CONCURRENCY,
} from '../../rules/functions.ts';
import {
  MAX_DELAY_SECONDS,
  MAX_MAX_RECEIVE_COUNT,
  MAX_QUEUE_NAME_LENGTH,
  MAX_RETENTION_SECONDS,
  MAX_VISIBILITY_SECONDS,
  MAX_WAIT_SECONDS,
  MIN_MAX_RECEIVE_COUNT,
  MIN_RETENTION_SECONDS,
} from '../../rules/limits.ts';
import type {
  HandlerDefinition,
  SubscriberDefinition,
  SubscriptionDefinition,
} from '../definition.ts';
import { jsonText } from '../json-text.ts';
import { described, type Field, lastKey, type Path, type Report, shownPath } from './field.ts';
import { isMapping, mapping } from './mappings.ts';
import { duration, flag, foundInstead, oneOf, orFalse, text, wholeNumber } from './scalars.ts';
import { kmsKey, resourceName } from './topic-field.ts';

const filterPolicy: Field<string> = {
  schema: { type: 'object' },
  read(value, path, report) {
    const json = isMapping(value) ? jsonText(value) : undefined;
    if (json !== undefined) return json;
    const words = isMapping(value)
      ? 'holds a value that JSON has no form for'
      : 'must be a mapping of names to lists of values';
    report({
      path,
      what: `${shownPath(path)} ${words}${isMapping(value) ? '' : foundInstead(value)}`,
      hint: `Write: ${lastKey(path)}: { event_type: [payment.captured] }`,
    });
    return undefined;
  },
};

const subscriptionFields = {
  filterPolicy: described('What it lets through; everything unless given.', filterPolicy),
  filterPolicyScope: described(
    'What the filter policy looks at; MessageAttributes unless given.',
    oneOf(['MessageAttributes', 'MessageBody']),
  ),
  rawDelivery: described("Whether messages come without SNS's envelope.", flag()),
};
const subscription = mapping(subscriptionFields, { example: '{ rawDelivery: true }' });

const topicKey = text({ example: 'payments', words: "must be a topic's key" });

/** A topic, a list of topics, or topics with filters of their own. */
const from: Field<Readonly<Record<string, SubscriptionDefinition>>> = {
  schema: {
    anyOf: [
      topicKey.schema,
      { type: 'array', items: topicKey.schema, minItems: 1, uniqueItems: true },
      { type: 'object', additionalProperties: subscription.schema, minProperties: 1 },
    ],
  },
  read(value, path, report) {
    const read: Record<string, SubscriptionDefinition> = {};
    if (typeof value === 'string') return { [value]: {} };
    if (Array.isArray(value)) {
      value.forEach((each: unknown, index) => {
        const key = topicKey.read(each, [...path, index], report);
        if (key !== undefined) read[key] = {};
      });
    } else if (isMapping(value)) {
      for (const [key, each] of Object.entries(value)) {
        read[key] = subscription.read(each, [...path, key], report) ?? {};
      }
    }
    if (Object.keys(read).length > 0) return read;
    report({
      path,
      what: `${shownPath(path)} must be a topic, a list of topics, or a mapping of topics to filters`,
      hint: 'Write: from: payments, from: [payments, refunds], or from: { payments: { rawDelivery: true } }',
    });
    return undefined;
  },
};

const queueName = (example: string): Field<string> => resourceName(example, MAX_QUEUE_NAME_LENGTH);

const retention = described(
  'How long a message is kept.',
  duration({ least: MIN_RETENTION_SECONDS, most: MAX_RETENTION_SECONDS, example: '4d' }),
);

const dlq = orFalse(
  mapping(
    {
      queue: described('The exact name of the dead-letter queue.', queueName('acme-fraud-dead')),
      maxReceiveCount: described(
        'Receives before a message is a dead letter; 3 unless given.',
        wholeNumber({ least: MIN_MAX_RECEIVE_COUNT, most: MAX_MAX_RECEIVE_COUNT, example: 5 }),
      ),
      retention,
      kmsKey,
    },
    { example: '{ maxReceiveCount: 5 }' },
  ),
);

const handlerFields = mapping(
  {
    exec: described('A program.', text({ pattern: /\S/, example: 'python3 fraud.py' })),
    mode: described(
      'event: run for each event. stream, batch: one process, fed with JSON lines.',
      oneOf(['event', 'stream', 'batch']),
    ),
    module: described(
      'A JavaScript or TypeScript file.',
      text({ pattern: /\S/, example: 'fraud.ts' }),
    ),
    function: described(
      "A Lambda function's key: Lambda takes the messages from the queue.",
      text({ pattern: /\S/, example: 'OrderProcessor', words: "must be a function's key" }),
    ),
    batchSize: described(
      'Messages that one invocation of the function gets at most; 10 unless given.',
      wholeNumber({ least: 1, most: MAX_BATCH_SIZE, example: 10 }),
    ),
    window: described(
      'How long a batch may be gathered; 0s unless given.',
      duration({ least: 0, most: MAX_BATCH_WINDOW_SECONDS, example: '5s' }),
    ),
    partialFailures: described(
      'Whether the function says which messages of a batch failed; false unless given.',
      flag(),
    ),
    maximumConcurrency: described(
      'Invocations at once for this queue; no bound of its own unless given.',
      wholeNumber({ least: MIN_MAXIMUM_CONCURRENCY, most: MAX_MAXIMUM_CONCURRENCY, example: 10 }),
    ),
  },
  { example: '{ exec: python3 fraud.py }' },
);

const handler: Field<HandlerDefinition> = {
  schema: handlerFields.schema,
  read(value, path, report) {
    const {
      exec,
      mode,
      module,
      function: key,
      ...batching
    } = handlerFields.read(value, path, report) ?? {};
    const ways = [exec, module, key].filter((each) => each !== undefined).length;
    const [stray] = Object.keys(batching);
    if (ways === 1 && (mode === undefined || exec !== undefined)) {
      if (key !== undefined) return { function: key, ...batching };
      if (stray === undefined) {
        return exec === undefined ? { module: module ?? '' } : { exec, mode: mode ?? 'event' };
      }
    }
    report({
      path: ways === 1 && stray !== undefined ? [...path, stray] : path,
      what:
        ways === 1 && stray !== undefined
          ? `${shownPath([...path, stray])} goes with a function`
          : `${shownPath(path)} must have one of exec, module and function, and a mode only with exec`,
      hint: 'Write: handler: { exec: python3 fraud.py, mode: stream }, { module: fraud.ts }, or { function: OrderProcessor }',
    });
    return undefined;
  },
};

const fields = mapping(
  {
    from: described('Its topics; the only one unless given.', from),
    ...subscriptionFields,
    queue: described(
      'The exact name of its queue; <topology>-<subscriber>-queue unless given.',
      queueName('acme-fraud'),
    ),
    fifo: described('Whether its queues are FIFO ones; as its topics are unless given.', flag()),
    visibilityTimeout: described(
      'How long a received message stays hidden.',
      duration({ least: 0, most: MAX_VISIBILITY_SECONDS, example: '2m' }),
    ),
    receiveWait: described(
      'How long a receive waits for messages.',
      duration({ least: 0, most: MAX_WAIT_SECONDS, example: '20s' }),
    ),
    retention,
    delay: described(
      'How long a new message waits before it can be received.',
      duration({ least: 0, most: MAX_DELAY_SECONDS, example: '0s' }),
    ),
    dlq: described('Its dead-letter queue; false for none.', dlq),
    kmsKey,
    handler: described('What handles its events.', handler),
  },
  { example: '{ ledger: { rawDelivery: true } }' },
);

/** A subscriber of a topology. */
export const subscriberField: Field<SubscriberDefinition> = {
  schema: fields.schema,
  read(value, path, report) {
    const subscriber = fields.read(value, path, report);
    if (!subscriber) return undefined;
    checkFilter(subscriber, path, report);
    for (const [topic, own] of Object.entries(subscriber.from ?? {})) {
      const { filterPolicy, filterPolicyScope } = { ...subscriber, ...own };
      if (own.filterPolicy === undefined && own.filterPolicyScope === undefined) continue;
      checkFilter({ filterPolicy, filterPolicyScope }, [...path, 'from', topic], report);
    }
    return subscriber;
  },
};

/** Whether SNS would take a filter policy with its scope. */
function checkFilter(
  { filterPolicy: policy, filterPolicyScope: scope = 'MessageAttributes' }: SubscriptionDefinition,
  path: Path,
  report: Report,
): void {
  const where = shownPath(path);
  if (policy === undefined) {
    if (scope === 'MessageAttributes') return;
    report({
      path: [...path, 'filterPolicyScope'],
      what: `${where} has a filterPolicyScope and no filterPolicy`,
      hint: 'Give it a filterPolicy, or leave the scope out.',
    });
    return;
  }
  try {
    parseFilterPolicy(policy, scope);
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicy)) throw error;
    const [reason = ''] = error.message.split('\n');
    report({
      path: [...path, 'filterPolicy'],
      what: `${where}.filterPolicy is not one that SNS accepts: ${reason}`,
      hint: 'Lists of values, such as: filterPolicy: { event_type: [payment.captured] }',
    });
  }
}
