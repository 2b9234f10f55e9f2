import { type Topology, topologyTags } from '../../definition/topology.ts';
import { CODE_BUCKET } from '../../topology/export/function-resources.ts';
import { type TemplateResource, tagList } from '../../topology/export/template.ts';
import { DATABASE_SECRET, TOKEN_SECRET } from '../ecs-api.ts';
import { artifactsName, repositoryName, stackTags } from '../style.ts';
import type { Deployment, StackSource } from '../template.ts';
import { secretsOf } from './stored-secrets.ts';
import { bucketResources, IMAGE_REPOSITORY, repositoryResource } from './stores.ts';

/** Outputs of a stack of artifacts, each under the name of the parameter that it is for, or of what is pushed there. */
export const REPOSITORY_OUTPUT = 'RepositoryUri';

/**
 * The stack that has to be there before a deployment on AWS: the bucket for the code of its functions, the repository for
 * its image, and the secrets of its services, as far as the deployment needs them.
 * @returns undefined for a deployment that needs none of these.
 */
export function artifactsOf(deployment: Deployment): StackSource | undefined {
  const { topology, style, template, code } = deployment;
  const parameters = template.Parameters ?? {};
  const secrets = secretsOf(
    ([DATABASE_SECRET, TOKEN_SECRET] as const).filter((name) => name in parameters),
    topology,
  );
  const hasImage = 'Image' in parameters;
  const Resources: Record<string, TemplateResource> = {
    ...(code.length > 0 && bucketResources(tagsOf(topology))),
    ...(hasImage && {
      [IMAGE_REPOSITORY]: repositoryResource(repositoryName(topology, style), tagsOf(topology)),
    }),
    ...secrets.Resources,
  };
  if (Object.keys(Resources).length === 0) return undefined;
  return {
    name: artifactsName(topology, style),
    tags: stackTags(topology, style),
    template: {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: `What the deployment "${topology.name}" (${style}) is made from: code, images and secrets.`,
      ...(Object.keys(secrets.Parameters).length > 0 && {
        Parameters: secrets.Parameters,
        Conditions: secrets.Conditions,
      }),
      Resources,
      Outputs: {
        ...(code.length > 0 && { [CODE_BUCKET]: { Value: { Ref: CODE_BUCKET } } }),
        ...(hasImage && {
          [REPOSITORY_OUTPUT]: { Value: { 'Fn::GetAtt': [IMAGE_REPOSITORY, 'RepositoryUri'] } },
        }),
        ...secrets.Outputs,
      },
    },
  };
}

function tagsOf(topology: Topology) {
  return tagList(topologyTags(topology));
}
