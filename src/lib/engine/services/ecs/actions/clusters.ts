import type {
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@aws-sdk/client-ecs';
import type { EcsContext } from '../context.ts';
import { clusterHasServices } from '../errors.ts';
import { checkName, clusterFor, findCluster, ownArn, pageOf, servicesOf } from '../lookup.ts';
import type { Cluster } from '../state.ts';
import { clusterView } from '../views.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html */
export function createCluster(input: CreateClusterRequest, ctx: EcsContext): CreateClusterResponse {
  const { clusterName: name = 'default', tags = [] } = input;
  checkName('Cluster', name);
  // One that is there is answered as it is.
  const found = findCluster(ctx, name);
  const { account, region, clock } = ctx;
  const cluster: Cluster = found ?? {
    arn: ownArn(ctx, `cluster/${name}`),
    name,
    account,
    region,
    createdAt: clock.timestamp(),
    tags,
  };
  if (found === undefined) ctx.state.clusters.store(cluster);
  return { cluster: clusterView(ctx.state, cluster, true) };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html */
export function deleteCluster(input: DeleteClusterRequest, ctx: EcsContext): DeleteClusterResponse {
  const cluster = clusterFor(ctx, input.cluster);
  if (servicesOf(ctx, cluster).length > 0) throw clusterHasServices();
  ctx.state.clusters.drop(cluster);
  return { cluster: { ...clusterView(ctx.state, cluster, false), status: 'INACTIVE' } };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html */
export function describeClusters(
  { clusters = ['default'], include = [] }: DescribeClustersRequest,
  ctx: EcsContext,
): DescribeClustersResponse {
  const found = clusters.map((name) => [name, findCluster(ctx, name)] as const);
  return {
    clusters: found.flatMap(([, cluster]) =>
      cluster === undefined ? [] : clusterView(ctx.state, cluster, include.includes('TAGS')),
    ),
    failures: found.flatMap(([name, cluster]) =>
      cluster === undefined
        ? {
            arn: name.startsWith('arn:') ? name : ownArn(ctx, `cluster/${name}`),
            reason: 'MISSING',
          }
        : [],
    ),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html */
export function listClusters(input: ListClustersRequest, ctx: EcsContext): ListClustersResponse {
  const { items, nextToken } = pageOf(ctx.state.clusters.of(ctx), input);
  return { clusterArns: items.map(({ arn }) => arn), nextToken };
}
