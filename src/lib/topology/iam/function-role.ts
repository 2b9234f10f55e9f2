import type { FunctionSpec, TableAccess, Topology } from '../../definition/topology.ts';
import { functionSubscribers } from '../functions/settings.ts';
import { KEY_ACTIONS, type KeyArn, type KeyStatement, keyStatements } from './key-statements.ts';

/** What a function does with a table, by what the topology lets it ("Actions defined by Amazon DynamoDB"). */
const READS = ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query', 'Scan'];
const WRITES = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'];
const TABLE_ACTIONS: Readonly<Record<TableAccess, readonly string[]>> = {
  read: READS,
  write: WRITES,
  readwrite: [...READS, ...WRITES].sort(),
};

/** How resources are written where a role's policy stands: as ARNs, or as references of a template. */
export interface FunctionResources<R> {
  queue(name: string): R;
  table(name: string): R;
  /** All indexes of a table. */
  index(name: string): R;
  /** The log group's streams. */
  logs(functionName: string): R;
  readonly key: KeyArn<R>;
}

/**
 * The least that a function's role needs: to take from its queues, which Lambda does with the function's own rights
 * ("Execution role permissions", Using Lambda with Amazon SQS), also where they are encrypted, to log, and what the topology
 * says of its tables.
 * @param kmsKeyArn a key that its queues are encrypted with besides those that the topology says.
 */
export function functionStatements<R>(
  topology: Topology,
  spec: FunctionSpec,
  resources: FunctionResources<R>,
  kmsKeyArn?: string,
): KeyStatement<R>[] {
  const subscribers = functionSubscribers(topology)
    .filter(({ target }) => target.key === spec.key)
    .map(({ subscriber }) => subscriber);
  const queues = subscribers.map(({ queue }) => resources.queue(queue));
  const tables = Object.entries(spec.tables).flatMap(([key, access]) => {
    const table = topology.tables.find((each) => each.key === key);
    if (table === undefined) return [];
    const hasIndexes = Object.keys(table.indexes).length > 0 && access !== 'write';
    const actions = TABLE_ACTIONS[access].map((action) => `dynamodb:${action}`);
    const on = [resources.table(table.name), ...(hasIndexes ? [resources.index(table.name)] : [])];
    return [allow(`Table${key.replace(/[^A-Za-z0-9]/g, '')}`, actions, on)];
  });
  return [
    ...(queues.length > 0
      ? [
          allow(
            'Queues',
            ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
            queues,
          ),
        ]
      : []),
    allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [resources.logs(spec.name)]),
    ...tables,
    ...keyStatements(
      [...subscribers.map(({ kmsKey }) => kmsKey), kmsKeyArn],
      KEY_ACTIONS.receive,
      resources.key,
    ),
  ];
}

function allow<R>(Sid: string, Action: readonly string[], Resource: readonly R[]): KeyStatement<R> {
  return { Sid, Effect: 'Allow', Action, Resource };
}
