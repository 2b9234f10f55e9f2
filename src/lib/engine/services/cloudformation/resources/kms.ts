import { ServiceError } from '../../../errors.ts';
import { defaultKeyPolicy } from '../../kms/actions/key-policy.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { TAGS, tagsOf } from './tags.ts';
import { attributesOf, differs, unless } from './values.ts';

/** What the engine has no call to change. */
const FIXED = ['Description', 'Tags'];

/**
 * Rotation has no effect: nothing is encrypted that outlives a request.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
 */
export const kmsKey: ResourceType = {
  table: {
    properties: {
      BypassPolicyLockoutSafetyCheck: 'boolean',
      Description: 'string',
      EnableKeyRotation: 'boolean',
      Enabled: 'boolean',
      KeyPolicy: 'json',
      KeySpec: 'string',
      KeyUsage: 'string',
      MultiRegion: 'boolean',
      Origin: 'string',
      PendingWindowInDays: 'integer',
      RotationPeriodInDays: 'integer',
      Tags: TAGS,
    },
    required: [],
    replacing: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  },
  attributes: ['Arn', 'KeyId'],
  async create(properties, context) {
    const { Description, KeySpec, KeyUsage, MultiRegion, Origin } = properties;
    const { BypassPolicyLockoutSafetyCheck } = properties;
    const { KeyMetadata } = await context.call<KeyAnswer>('kms', 'CreateKey', {
      BypassPolicyLockoutSafetyCheck,
      Description,
      KeySpec,
      KeyUsage,
      MultiRegion,
      Origin,
      Policy: policyOf(properties, context),
      Tags: Object.entries(tagsOf(properties, context.tags)).map(([TagKey, TagValue]) => ({
        TagKey,
        TagValue,
      })),
    });
    const { KeyId, Arn } = KeyMetadata;
    const made = { physicalId: KeyId, attributes: { Arn, KeyId } };
    context.made(made);
    if (properties.Enabled === false) await context.call('kms', 'DisableKey', { KeyId });
    return made;
  },
  async update(properties, current, context) {
    const { physicalId: KeyId, properties: before } = current;
    const fixed = FIXED.find((name) => differs(properties, before, [name]));
    if (fixed !== undefined) {
      const message = `The local engine does not change ${fixed} of a key that is there.`;
      throw new ServiceError('UnsupportedOperation', message);
    }
    if (differs(properties, before, ['KeyPolicy'])) {
      const { BypassPolicyLockoutSafetyCheck } = properties;
      const Policy = policyOf(properties, context);
      await context.call('kms', 'PutKeyPolicy', { KeyId, Policy, BypassPolicyLockoutSafetyCheck });
    }
    if (differs(properties, before, ['Enabled'])) {
      const action = properties.Enabled === false ? 'DisableKey' : 'EnableKey';
      await context.call('kms', action, { KeyId });
    }
    return current;
  },
  async remove({ physicalId: KeyId, properties: { PendingWindowInDays } }, context) {
    const scheduling = context.call('kms', 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays });
    await unless(scheduling, 'NotFoundException', 'KMSInvalidStateException');
  },
};

interface KeyAnswer {
  readonly KeyMetadata: { readonly KeyId: string; readonly Arn: string };
}

function policyOf(properties: Properties, { account }: ResourceContext): string {
  return attributesOf(properties, ['KeyPolicy']).KeyPolicy ?? defaultKeyPolicy(account);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html */
export const kmsAlias: ResourceType = {
  table: {
    properties: { AliasName: 'string', TargetKeyId: 'string' },
    required: ['AliasName', 'TargetKeyId'],
    replacing: ['AliasName'],
    name: 'AliasName',
  },
  attributes: [],
  async create(properties, context) {
    const { AliasName } = properties;
    const creating = context.call('kms', 'CreateAlias', properties);
    await (context.resumed ? unless(creating, 'AlreadyExistsException') : creating);
    return { physicalId: String(AliasName), attributes: {} };
  },
  async update(properties, current, context) {
    await dropAlias(current.physicalId, context);
    await context.call('kms', 'CreateAlias', properties);
    return current;
  },
  remove: ({ physicalId }, context) => dropAlias(physicalId, context),
};

async function dropAlias(AliasName: string, context: ResourceContext): Promise<void> {
  await unless(context.call('kms', 'DeleteAlias', { AliasName }), 'NotFoundException');
}
