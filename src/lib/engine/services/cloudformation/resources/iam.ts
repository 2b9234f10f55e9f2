import { roleId } from '../../sts/unique-ids.ts';
import { invalid } from '../errors.ts';
import type { Properties } from './check-properties.ts';
import { kept } from './kept.ts';
import type { ResourceContext } from './resource-type.ts';
import { TAGS } from './tags.ts';
import { alreadyExists, text } from './values.ts';

const ROLE = 'AWS::IAM::Role';
const MANAGED_POLICY = 'AWS::IAM::ManagedPolicy';
const POLICY = 'AWS::IAM::Policy';
const MAX_ROLE_NAME = 64;
const MAX_POLICY_NAME = 128;
/** The property `Policies` of whoever may have some. */
export const INLINE_POLICIES = [{ PolicyDocument: 'json', PolicyName: 'string' }] as const;

// Roles and policies are kept by their stack; `role-policies.ts` reads there what a role may do.

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const iamRole = kept({
  table: {
    properties: {
      AssumeRolePolicyDocument: 'json',
      Description: 'string',
      ManagedPolicyArns: ['string'],
      MaxSessionDuration: 'integer',
      Path: 'string',
      PermissionsBoundary: 'string',
      Policies: INLINE_POLICIES,
      RoleName: 'string',
      Tags: TAGS,
    },
    required: ['AssumeRolePolicyDocument'],
    replacing: ['Path', 'RoleName'],
    name: 'RoleName',
  },
  attributes: ['Arn', 'RoleId'],
  make(properties, context) {
    const name = text(properties, 'RoleName') ?? context.generatedName(MAX_ROLE_NAME);
    if (context.isTaken(ROLE, name)) throw alreadyExists(ROLE, name);
    const Arn = iamArn('role', properties, name, context);
    return { physicalId: name, attributes: { Arn, RoleId: roleId(Arn) } };
  },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
export const iamPolicy = kept({
  table: {
    properties: {
      Groups: ['string'],
      PolicyDocument: 'json',
      PolicyName: 'string',
      Roles: ['string'],
      Users: ['string'],
    },
    required: ['PolicyDocument', 'PolicyName'],
    replacing: [],
  },
  attributes: ['Id'],
  make(properties, context) {
    if (['Groups', 'Roles', 'Users'].every((name) => properties[name] === undefined)) {
      throw invalid(`At least one of [Groups,Roles,Users] must be non-empty. (${POLICY})`);
    }
    const id = context.generatedName(MAX_POLICY_NAME);
    return { physicalId: id, attributes: { Id: id } };
  },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
export const iamManagedPolicy = kept({
  table: {
    properties: {
      Description: 'string',
      Groups: ['string'],
      ManagedPolicyName: 'string',
      Path: 'string',
      PolicyDocument: 'json',
      Roles: ['string'],
      Users: ['string'],
    },
    required: ['PolicyDocument'],
    replacing: ['ManagedPolicyName', 'Description', 'Path'],
    name: 'ManagedPolicyName',
  },
  attributes: ['PolicyArn'],
  make(properties, context) {
    const name = text(properties, 'ManagedPolicyName') ?? context.generatedName(MAX_POLICY_NAME);
    const PolicyArn = iamArn('policy', properties, name, context);
    if (context.isTaken(MANAGED_POLICY, PolicyArn)) throw alreadyExists(MANAGED_POLICY, PolicyArn);
    return { physicalId: PolicyArn, attributes: { PolicyArn } };
  },
});

/** The ARN of what IAM has by name, with its path. @param kind such as `role`. */
export function iamArn(
  kind: string,
  properties: Properties,
  name: string,
  { account }: ResourceContext,
): string {
  return `arn:aws:iam::${account}:${kind}${text(properties, 'Path') ?? '/'}${name}`;
}
