import type { FunctionSpec, TableSpec, Topology } from '../definition/topology.ts';
import {
  EXPIRY_ATTRIBUTE,
  ORDER_INDEX_KEYS,
  ORDERS_KEY,
  ORDERS_TABLE,
  ORDERS_TIME_TO_LIVE,
} from '../orders/dynamodb/orders-table.ts';
import type { OrderEventType } from '../orders/order-event.ts';
import type { LogicalNames } from '../topology/export/logical-names.ts';
import { type TemplateResource, templateKeyArn } from '../topology/export/template.ts';
import { KEY_ACTIONS, keyStatements } from '../topology/iam/key-statements.ts';
import { DATABASE_URL_PARAMETER } from './database.ts';
import { httpApiResources } from './http-api.ts';
import { sweepResources } from './sweep-schedule.ts';

type Json = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, TemplateResource>>;

/** The parameter with the token that the order API demands; empty for none. */
export const TOKEN_PARAMETER = 'ApiToken';

/** The event that an order API publishes first. */
const ORDER_CREATED: OrderEventType = 'order.created';

/** Whether a topology's topic tells of orders, so that the order API belongs to it. */
export function hasOrderApi({ events }: Pick<Topology, 'events'>): boolean {
  return Object.hasOwn(events, ORDER_CREATED);
}

/** An order of a user as the order API takes it (`POST /orders`), as JSON. */
export function sampleOrder(userId: number): string {
  return JSON.stringify({ user_id: userId, total: 29.99 });
}

/** Where a topology's order API publishes: the topic's ARN as a value of its template, and the key that encrypts it. */
export function orderTopic({ topics, events }: Topology, names: LogicalNames): OrderTopic {
  const key = events[ORDER_CREATED]?.topic;
  const topic = topics.find((each) => each.key === key) ?? topics[0];
  return { arn: topic && (topic.arn ?? { Ref: names.topic(topic) }), kmsKey: topic?.kmsKey };
}

/** A topic as it stands in a template. */
export interface OrderTopic {
  readonly arn: unknown;
  readonly kmsKey: string | false | undefined;
}

/** The table of a topology's order API: a role that may read it may read the indexes that are said here. */
export function orderTable(topology: Topology): TableSpec {
  return {
    key: `${topology.name}-table`,
    name: deployedName(topology, 'table'),
    itemKey: ORDERS_KEY,
    ttl: EXPIRY_ATTRIBUTE,
    indexes: ORDER_INDEX_KEYS,
    tags: {},
  };
}

/** What something of a deployment is called that the topology's file says nothing of. */
export function deployedName({ name, prefix }: Topology, what: string): string {
  return [prefix, name, what].filter((word) => word !== '').join('-');
}

/** A system as far as its order API is concerned. */
interface OrderSystem {
  readonly topology: Topology;
  /** Undefined for none. */
  readonly api: FunctionSpec | undefined;
  /** Undefined where orders are in the Postgres server of a parameter. */
  readonly table: TableSpec | undefined;
}

/**
 * The resources of a system with what its order API needs beyond other functions: the indexes of its table, the topic
 * and the right to publish there, and the HTTP API before it. Those of a system without one stay as they are.
 */
export function withOrderApi(
  resources: Resources,
  { topology, api, table }: OrderSystem,
  names: LogicalNames,
): Resources {
  if (api === undefined) return resources;
  const functionId = names.function(api.name);
  const topic = orderTopic(topology, names);
  const changes: Readonly<Record<string, (properties: Json) => Json>> = {
    ...(table && {
      [names.table(table.name)]: (properties: Json) => ({
        ...properties,
        ...ORDERS_TABLE,
        TimeToLiveSpecification: ORDERS_TIME_TO_LIVE,
      }),
    }),
    [functionId]: (properties) => ({
      ...properties,
      Environment: {
        Variables: {
          ...(table
            ? { TABLE_NAME: { Ref: names.table(table.name) } }
            : { DATABASE_URL: { Ref: DATABASE_URL_PARAMETER } }),
          TOPIC_ARN: topic.arn,
          PUBSUB_API_TOKEN: { Ref: TOKEN_PARAMETER },
        },
      },
    }),
    [`${functionId}Role`]: (properties) => ({
      ...properties,
      Policies: [...listOf(properties.Policies), publishPolicy(topic)],
    }),
  };
  const changed = Object.entries(resources).map(([id, resource]) => {
    const change = changes[id];
    return [id, change ? { ...resource, Properties: change(resource.Properties) } : resource];
  });
  return {
    ...Object.fromEntries(changed),
    ...httpApiResources(topology, api.name, functionId),
    ...sweepResources(topology, functionId),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function publishPolicy(topic: OrderTopic): Json {
  return {
    PolicyName: 'publish',
    PolicyDocument: { Version: '2012-10-17', Statement: publishStatements(topic) },
  };
}

/** What an order API may do, as a function and as a service: publish, also where the topic is encrypted. */
export function publishStatements({ arn, kmsKey }: OrderTopic): readonly object[] {
  return [
    {
      Sid: 'Publish',
      Effect: 'Allow',
      Action: ['sns:GetTopicAttributes', 'sns:Publish'],
      Resource: [arn],
    },
    ...keyStatements([kmsKey], KEY_ACTIONS.send, templateKeyArn),
  ];
}
