import { randomBytes } from 'node:crypto';
import { toBase32 } from '../../sts/unique-ids.ts';
import { INLINE_POLICIES, iamArn } from './iam.ts';
import { type KeptType, kept } from './kept.ts';
import { TAGS } from './tags.ts';
import { alreadyExists, text } from './values.ts';

const USER = 'AWS::IAM::User';
const GROUP = 'AWS::IAM::Group';
const MAX_USER_NAME = 64;
const MAX_NAME = 128;
/** Random bytes of an access key id behind its four letters, and of a secret key. */
const KEY_ID_BYTES = 16;
const SECRET_KEY_BYTES = 30;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html */
export const iamUser = kept({
  table: {
    properties: {
      Groups: ['string'],
      LoginProfile: { Password: 'string', PasswordResetRequired: 'boolean' },
      ManagedPolicyArns: ['string'],
      Path: 'string',
      PermissionsBoundary: 'string',
      Policies: INLINE_POLICIES,
      Tags: TAGS,
      UserName: 'string',
    },
    required: [],
    replacing: ['UserName'],
    name: 'UserName',
  },
  attributes: ['Arn'],
  make(properties, context) {
    const name = text(properties, 'UserName') ?? context.generatedName(MAX_USER_NAME);
    if (context.isTaken(USER, name)) throw alreadyExists(USER, name);
    return { physicalId: name, attributes: { Arn: iamArn('user', properties, name, context) } };
  },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-group.html */
export const iamGroup = kept({
  table: {
    properties: {
      GroupName: 'string',
      ManagedPolicyArns: ['string'],
      Path: 'string',
      Policies: INLINE_POLICIES,
    },
    required: [],
    replacing: ['GroupName'],
    name: 'GroupName',
  },
  attributes: ['Arn'],
  make(properties, context) {
    const name = text(properties, 'GroupName') ?? context.generatedName(MAX_NAME);
    if (context.isTaken(GROUP, name)) throw alreadyExists(GROUP, name);
    return { physicalId: name, attributes: { Arn: iamArn('group', properties, name, context) } };
  },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-accesskey.html */
export const iamAccessKey = kept({
  table: {
    properties: { Serial: 'integer', Status: 'string', UserName: 'string' },
    required: ['UserName'],
    replacing: ['Serial', 'UserName'],
  },
  attributes: ['SecretAccessKey'],
  make: () => ({
    physicalId: `AKIA${toBase32(randomBytes(KEY_ID_BYTES))}`,
    attributes: { SecretAccessKey: randomBytes(SECRET_KEY_BYTES).toString('base64') },
  }),
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-usertogroupaddition.html */
export const iamUserToGroupAddition = kept({
  table: {
    properties: { GroupName: 'string', Users: ['string'] },
    required: ['GroupName', 'Users'],
    replacing: [],
  },
  attributes: ['Id'],
  make(_properties, context) {
    const id = context.generatedName(MAX_NAME);
    return { physicalId: id, attributes: { Id: id } };
  },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-instanceprofile.html */
export const iamInstanceProfile = kept({
  table: {
    properties: { InstanceProfileName: 'string', Path: 'string', Roles: ['string'] },
    required: ['Roles'],
    replacing: ['InstanceProfileName', 'Path'],
    name: 'InstanceProfileName',
  },
  attributes: ['Arn'],
  make(properties, context) {
    const name = text(properties, 'InstanceProfileName') ?? context.generatedName(MAX_NAME);
    const Arn = iamArn('instance-profile', properties, name, context);
    return { physicalId: name, attributes: { Arn } };
  },
});

/**
 * An inline policy of a role, user or group, as a resource of its own.
 *
 * @param owner the property that names whose it is.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
 */
function inlinePolicy(owner: 'RoleName' | 'UserName' | 'GroupName') {
  const type: KeptType = {
    table: {
      properties: { PolicyDocument: 'json', PolicyName: 'string', [owner]: 'string' },
      required: ['PolicyName', owner],
      replacing: ['PolicyName', owner],
    },
    attributes: [],
    make: (properties) => ({
      physicalId: `${text(properties, 'PolicyName')}|${text(properties, owner)}`,
      attributes: {},
    }),
  };
  return kept(type);
}

export const iamRolePolicy = inlinePolicy('RoleName');
export const iamUserPolicy = inlinePolicy('UserName');
export const iamGroupPolicy = inlinePolicy('GroupName');
