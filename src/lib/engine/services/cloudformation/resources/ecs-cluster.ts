import type { CreateClusterResponse } from '@aws-sdk/client-ecs';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { retag, TAGS, tagsOf } from './tags.ts';
import { alreadyExists, refuseUnsupported, text, unless } from './values.ts';

const TYPE = 'AWS::ECS::Cluster';
const MAX_NAME = 255;

/**
 * Settings such as Container Insights are kept: nothing of a cluster of the engine depends on them.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-cluster.html
 */
export const ecsCluster: ResourceType = {
  table: {
    properties: {
      CapacityProviders: ['string'],
      ClusterName: 'string',
      ClusterSettings: [{ Name: 'string', Value: 'string' }],
      Configuration: 'json',
      DefaultCapacityProviderStrategy: [
        { Base: 'integer', CapacityProvider: 'string', Weight: 'integer' },
      ],
      ServiceConnectDefaults: { Namespace: 'string' },
      Tags: TAGS,
    },
    required: [],
    replacing: ['ClusterName'],
    name: 'ClusterName',
  },
  attributes: ['Arn'],
  async create(properties, context) {
    refuseUnsupported(properties, ['ServiceConnectDefaults'], 'clusters');
    const clusterName = text(properties, 'ClusterName') ?? context.generatedName(MAX_NAME);
    // The service answers with a cluster that is there; a stack makes its own.
    if (context.isTaken(TYPE, clusterName)) throw alreadyExists(TYPE, clusterName);
    const { cluster } = await context.call<CreateClusterResponse>('ecs', 'CreateCluster', {
      clusterName,
      tags: ecsTags(properties, context),
    });
    return { physicalId: clusterName, attributes: { Arn: cluster?.clusterArn ?? '' } };
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, ['ServiceConnectDefaults'], 'clusters');
    await retagEcs(properties, current.properties, current.attributes.Arn ?? '', context);
    return current;
  },
  async remove({ physicalId: cluster }, context) {
    await unless(context.call('ecs', 'DeleteCluster', { cluster }), 'ClusterNotFoundException');
  },
};

/** Tags as ECS takes them. */
export function ecsTags(properties: Properties, { tags }: ResourceContext) {
  return Object.entries(tagsOf(properties, tags)).map(([key, value]) => ({ key, value }));
}

/** `retag` of what ECS has. */
export function retagEcs(
  properties: Properties,
  before: Properties,
  resourceArn: string,
  context: ResourceContext,
): Promise<void> {
  return retag(properties, before, context, {
    untag: (tagKeys) => context.call('ecs', 'UntagResource', { resourceArn, tagKeys }),
    tag: (tags) =>
      context.call('ecs', 'TagResource', {
        resourceArn,
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      }),
  });
}
