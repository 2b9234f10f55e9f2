import { CODE_BUCKET } from '../../topology/export/function-resources.ts';
import type { TemplateResource } from '../../topology/export/template.ts';

/** Logical id of the repository for images. */
export const IMAGE_REPOSITORY = 'ImageRepository';

/** The tag of code that no function of the stack runs any more. */
export const REPLACED_TAG = ['pubsub:replaced', 'true'] as const;
/** Days from its upload after which code is removed, once it is replaced: what runs is never removed by its age. */
const REPLACED_CODE_DAYS = 30;
/** Images that are kept; the one in use is among the last. */
const KEPT_IMAGES = 30;

/**
 * The bucket for the code of functions: private, encrypted, over TLS alone.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function bucketResources(tags: readonly unknown[]): Record<string, TemplateResource> {
  const [Key, Value] = REPLACED_TAG;
  const arn = { 'Fn::GetAtt': [CODE_BUCKET, 'Arn'] };
  return {
    [CODE_BUCKET]: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: {
          Rules: [
            {
              Id: 'ReplacedCode',
              Status: 'Enabled',
              TagFilters: [{ Key, Value }],
              ExpirationInDays: REPLACED_CODE_DAYS,
            },
          ],
        },
        Tags: tags,
      },
    },
    [`${CODE_BUCKET}Policy`]: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: CODE_BUCKET },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'OnlyOverTls',
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: [arn, { 'Fn::Sub': `\${${CODE_BUCKET}.Arn}/*` }],
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    },
  };
}

/**
 * The repository for images of this program: each tag is set once, and what is pushed is scanned.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function repositoryResource(name: string, tags: readonly unknown[]): TemplateResource {
  return {
    Type: 'AWS::ECR::Repository',
    Properties: {
      RepositoryName: name,
      EmptyOnDelete: true,
      ImageScanningConfiguration: { ScanOnPush: true },
      ImageTagMutability: 'IMMUTABLE',
      LifecyclePolicy: {
        LifecyclePolicyText: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: `The last ${KEPT_IMAGES} images`,
              selection: {
                tagStatus: 'any',
                countType: 'imageCountMoreThan',
                countNumber: KEPT_IMAGES,
              },
              action: { type: 'expire' },
            },
          ],
        }),
      },
      Tags: tags,
    },
  };
}
