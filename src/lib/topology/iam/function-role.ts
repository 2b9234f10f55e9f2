import type { FunctionSpec, TableAccess, Topology } from '../../definition/topology.ts';
import { functionSubscribers } from '../functions/settings.ts';

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
}

/** A statement of a role's policy. */
export interface RoleStatement<R> {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly R[];
}

/**
 * The least that a function's role needs: to take from its queues, which Lambda does with the function's own rights
 * ("Execution role permissions", Using Lambda with Amazon SQS), to log, and what the topology says of its tables.
 */
export function functionStatements<R>(
  topology: Topology,
  spec: FunctionSpec,
  resources: FunctionResources<R>,
): RoleStatement<R>[] {
  const queues = functionSubscribers(topology)
    .filter(({ target }) => target.key === spec.key)
    .map(({ subscriber }) => resources.queue(subscriber.queue));
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
  ];
}

function allow<R>(
  Sid: string,
  Action: readonly string[],
  Resource: readonly R[],
): RoleStatement<R> {
  return { Sid, Effect: 'Allow', Action, Resource };
}
