import { invalid } from '../errors.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { retag, TAGS, tagsOf } from './tags.ts';
import { differs, text, unless } from './values.ts';

const MAX_NAME = 512;
/** What the engine's log groups don't have. */
const UNSUPPORTED = [
  'BearerTokenAuthenticationEnabled',
  'DataProtectionPolicy',
  'DeletionProtectionEnabled',
  'FieldIndexPolicies',
  'ResourcePolicyDocument',
];

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html */
export const logGroup: ResourceType = {
  table: {
    properties: {
      BearerTokenAuthenticationEnabled: 'boolean',
      DataProtectionPolicy: 'json',
      DeletionProtectionEnabled: 'boolean',
      FieldIndexPolicies: ['json'],
      KmsKeyId: 'string',
      LogGroupClass: 'string',
      LogGroupName: 'string',
      ResourcePolicyDocument: 'json',
      RetentionInDays: 'integer',
      Tags: TAGS,
    },
    required: [],
    replacing: ['LogGroupName', 'LogGroupClass'],
    name: 'LogGroupName',
  },
  attributes: ['Arn'],
  async create(properties, context) {
    refuseUnsupported(properties);
    const logGroupName = text(properties, 'LogGroupName') ?? context.generatedName(MAX_NAME);
    const created = context.call('logs', 'CreateLogGroup', {
      logGroupName,
      tags: tagsOf(properties, context.tags),
    });
    await (context.resumed ? unless(created, 'ResourceAlreadyExistsException') : created);
    const arn = groupArn(logGroupName, context);
    const made = { physicalId: logGroupName, attributes: { Arn: `${arn}:*` } };
    context.made(made);
    await retain(logGroupName, properties, context);
    return made;
  },
  async update(properties, current, context) {
    refuseUnsupported(properties);
    const { physicalId } = current;
    if (differs(properties, current.properties, ['RetentionInDays'])) {
      await retain(physicalId, properties, context);
    }
    const resourceArn = groupArn(physicalId, context);
    await retag(properties, current.properties, context, {
      untag: (tagKeys) => context.call('logs', 'UntagResource', { resourceArn, tagKeys }),
      tag: (tags) => context.call('logs', 'TagResource', { resourceArn, tags }),
    });
    return current;
  },
  async remove({ physicalId }, context) {
    const input = { logGroupName: physicalId };
    await unless(context.call('logs', 'DeleteLogGroup', input), 'ResourceNotFoundException');
  },
};

function groupArn(name: string, { region, account }: ResourceContext): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

async function retain(logGroupName: string, properties: Properties, context: ResourceContext) {
  const { RetentionInDays: retentionInDays } = properties;
  if (retentionInDays === undefined) {
    await context.call('logs', 'DeleteRetentionPolicy', { logGroupName });
  } else {
    await context.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
  }
}

function refuseUnsupported(properties: Properties): void {
  const found = UNSUPPORTED.find(
    (name) => properties[name] !== undefined && properties[name] !== false,
  );
  if (found === undefined) return;
  throw invalid(`The local engine does not support the property ${found} of log groups.`);
}
