import { type Data, type DataMap, dataText, isMap } from '../template/data.ts';
import { functionEvents } from './events.ts';
import type { ApiEvent } from './http-api-event.ts';
import { conditionOf, inPlace, mapOf, pick, propertiesOf, tagList } from './properties.ts';
import { publishing } from './published.ts';
import { functionRole } from './role.ts';
import { SamError } from './sam-error.ts';

/** Properties that `AWS::Lambda::Function` has too. */
const PASSED = [
  'Architectures',
  'CodeSigningConfigArn',
  'Description',
  'Environment',
  'EphemeralStorage',
  'FileSystemConfigs',
  'FunctionName',
  'Handler',
  'ImageConfig',
  'KmsKeyArn',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'Runtime',
  'RuntimeManagementConfig',
  'SnapStart',
  'Timeout',
  'VpcConfig',
];
/** Properties that become something else. */
const TRANSLATED = [
  'AssumeRolePolicyDocument',
  'AutoPublishAlias',
  'AutoPublishCodeSha256',
  'CodeUri',
  'DeadLetterQueue',
  'EventInvokeConfig',
  'Events',
  'ImageUri',
  'InlineCode',
  'PermissionsBoundary',
  'Policies',
  'PropagateTags',
  'Role',
  'RolePath',
  'Tags',
  'Tracing',
];
/** Properties of SAM that make what the engine doesn't have. */
const UNSUPPORTED = [
  'AutoPublishAliasAllProperties',
  'CapacityProviderConfig',
  'DeploymentPreference',
  'DurableConfig',
  'FunctionScalingConfig',
  'FunctionUrlConfig',
  'ProvisionedConcurrencyConfig',
  'TenancyConfig',
];
const KNOWN: ReadonlySet<string> = new Set([...PASSED, ...TRANSLATED, ...UNSUPPORTED]);

/** What a function becomes, and the routes of HTTP APIs that lead to it. */
export interface ExpandedFunction {
  readonly resources: DataMap;
  readonly apiEvents: readonly ApiEvent[];
}

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html */
export function serverlessFunction(logicalId: string, resource: DataMap): ExpandedFunction {
  const properties = propertiesOf(resource, KNOWN);
  const unsupported = UNSUPPORTED.find((name) => properties[name] !== undefined);
  if (unsupported !== undefined) {
    throw new SamError(`The local engine does not support the property ${unsupported}.`);
  }
  const { Role, Tracing, DeadLetterQueue, Tags } = properties;
  const condition = resource.Condition === undefined ? undefined : dataText(resource.Condition);
  const code = codeOf(properties);
  const published = publishing(logicalId, properties, code);
  const owner = { ...published.invoked, condition };
  const { resources, readsQueues, apiEvents } = functionEvents(owner, properties.Events);
  const roleId = `${logicalId}Role`;
  const role: DataMap =
    Role === undefined
      ? { [roleId]: functionRole(properties, readsQueues, published.documents) }
      : {};
  const made = { ...role, ...published.resources, ...resources };
  const lambda = inPlace(resource, 'AWS::Lambda::Function', {
    ...pick(properties, PASSED),
    Code: code,
    Role: Role ?? { 'Fn::GetAtt': [roleId, 'Arn'] },
    ...(Tracing === undefined ? {} : { TracingConfig: { Mode: Tracing } }),
    ...(DeadLetterQueue === undefined
      ? {}
      : { DeadLetterConfig: pick(mapOf(DeadLetterQueue, 'DeadLetterQueue'), ['TargetArn']) }),
    Tags: tagList(Tags, { 'lambda:createdBy': 'SAM' }),
  });
  const beside = Object.entries(made).map(([id, each]) => [
    id,
    { ...conditionOf(resource), ...(each as DataMap) },
  ]);
  return { resources: { [logicalId]: lambda, ...Object.fromEntries(beside) }, apiEvents };
}

const S3_URI = /^s3:\/\/([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/;

/** @throws SamError for a path, which `sam build` and `sam package` make a bucket's key of. */
function codeOf({ InlineCode, CodeUri, ImageUri }: DataMap): DataMap {
  if (InlineCode !== undefined) return { ZipFile: InlineCode };
  if (ImageUri !== undefined) return { ImageUri };
  if (CodeUri === undefined) {
    throw new SamError("Missing required property 'CodeUri'. Give the code as InlineCode.");
  }
  if (isMap(CodeUri)) return bucketOf(CodeUri);
  const [, S3Bucket, S3Key, S3ObjectVersion] = S3_URI.exec(dataText(CodeUri)) ?? [];
  if (S3Bucket === undefined || S3Key === undefined) {
    throw new SamError(
      "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter. The local engine has no S3: give the code as InlineCode, or a folder of this machine as CodeUri: { Bucket: hot-reload, Key: /path }.",
    );
  }
  return { S3Bucket, S3Key, ...(S3ObjectVersion === undefined ? {} : { S3ObjectVersion }) };
}

function bucketOf({ Bucket, Key, Version }: DataMap): DataMap {
  const given: Readonly<Record<string, Data | undefined>> = {
    S3Bucket: Bucket,
    S3Key: Key,
    S3ObjectVersion: Version,
  };
  const pairs = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(pairs) as DataMap;
}
