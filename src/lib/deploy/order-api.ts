import { ORDERS_TABLE, ORDERS_TIME_TO_LIVE } from '../orders/dynamodb/orders-table.ts';
import type { LogicalNames } from '../topology/export/logical-names.ts';
import type { TemplateResource } from '../topology/export/template.ts';
import { httpApiResources } from './http-api.ts';
import { orderTopicArn, type System } from './system.ts';

type Json = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, TemplateResource>>;

/** The parameter with the token that the order API demands; empty for none. */
export const TOKEN_PARAMETER = 'ApiToken';

/**
 * The resources of a system with what its order API needs beyond other functions: the indexes of its table, the topic
 * and the right to publish there, and the HTTP API before it. Those of a system without one stay as they are.
 */
export function withOrderApi(
  resources: Resources,
  { topology, api, table }: System,
  names: LogicalNames,
): Resources {
  if (api === undefined || table === undefined) return resources;
  const functionId = names.function(api.name);
  const topicArn = orderTopicArn(topology, names);
  const changes: Readonly<Record<string, (properties: Json) => Json>> = {
    [names.table(table.name)]: (properties) => ({
      ...properties,
      ...ORDERS_TABLE,
      TimeToLiveSpecification: ORDERS_TIME_TO_LIVE,
    }),
    [functionId]: (properties) => ({
      ...properties,
      Environment: {
        Variables: {
          TABLE_NAME: { Ref: names.table(table.name) },
          TOPIC_ARN: topicArn,
          PUBSUB_API_TOKEN: { Ref: TOKEN_PARAMETER },
        },
      },
    }),
    [`${functionId}Role`]: (properties) => ({
      ...properties,
      Policies: [...listOf(properties.Policies), publishPolicy(topicArn)],
    }),
  };
  const changed = Object.entries(resources).map(([id, resource]) => {
    const change = changes[id];
    return [id, change ? { ...resource, Properties: change(resource.Properties) } : resource];
  });
  return { ...Object.fromEntries(changed), ...httpApiResources(topology, api.name, functionId) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function publishPolicy(topicArn: unknown): Json {
  return {
    PolicyName: 'publish',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Publish',
          Effect: 'Allow',
          Action: ['sns:GetTopicAttributes', 'sns:Publish'],
          Resource: [topicArn],
        },
      ],
    },
  };
}
