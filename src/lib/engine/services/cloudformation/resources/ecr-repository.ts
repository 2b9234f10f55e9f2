import { kept } from './kept.ts';
import { TAGS } from './tags.ts';
import { alreadyExists, text } from './values.ts';

const TYPE = 'AWS::ECR::Repository';
const MAX_NAME = 256;

/**
 * Kept and shown: there is no registry, and no image is pulled.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
 */
export const ecrRepository = kept({
  table: {
    properties: {
      EmptyOnDelete: 'boolean',
      EncryptionConfiguration: { EncryptionType: 'string', KmsKey: 'string' },
      ImageScanningConfiguration: { ScanOnPush: 'boolean' },
      ImageTagMutability: 'string',
      ImageTagMutabilityExclusionFilters: 'json',
      LifecyclePolicy: { LifecyclePolicyText: 'string', RegistryId: 'string' },
      RepositoryName: 'string',
      RepositoryPolicyText: 'json',
      Tags: TAGS,
    },
    required: [],
    replacing: ['EncryptionConfiguration', 'RepositoryName'],
    name: 'RepositoryName',
  },
  attributes: ['Arn', 'RepositoryUri'],
  make(properties, context) {
    const { account, region } = context;
    const name =
      text(properties, 'RepositoryName') ?? context.generatedName(MAX_NAME).toLowerCase();
    if (context.isTaken(TYPE, name)) throw alreadyExists(TYPE, name);
    return {
      physicalId: name,
      attributes: {
        Arn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
        RepositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
      },
    };
  },
});
