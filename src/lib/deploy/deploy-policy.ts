import { AppError } from '../rules/errors.ts';
import { MAX_ROLE_POLICY_CHARACTERS } from '../rules/limits.ts';
import { policyCharacters } from '../topology/iam/policy.ts';
import { allow, type IamPlace, type IamPolicy, resourceArn } from '../topology/iam/statement.ts';
import { artifactsOf } from './artifacts/artifacts.ts';
import type { Deployment, StackSource } from './template.ts';
import { TYPE_PERMISSIONS } from './type-permissions.ts';

/** What the command itself asks of CloudFormation. */
const STACK_ACTIONS = [
  'ContinueUpdateRollback',
  'CreateChangeSet',
  'DeleteChangeSet',
  'DeleteStack',
  'DescribeChangeSet',
  'DescribeStackEvents',
  'DescribeStacks',
  'ExecuteChangeSet',
  'ListStackResources',
  'TagResource',
].map((action) => `cloudformation:${action}`);

/** What AWS lets be held to no resource, as far as each type of resource needs it, comes to these. */
const LOOKS = ['tag:GetResources'];

/**
 * What deploying takes: the calls of the command, and those that CloudFormation makes with the same credentials for what
 * is in the templates ("Actions, resources, and condition keys", Service Authorization Reference).
 * @throws AppError `PolicyTooLong` where it would have more characters than a role takes.
 */
export function deployPolicy(deployment: Deployment, place: IamPlace): IamPolicy {
  const artifacts = artifactsOf(deployment);
  const sources = [deployment, ...(artifacts ? [artifacts] : [])];
  const stacks = sources.map(({ name }) => resourceArn(place, 'cloudformation', `stack/${name}/*`));
  const byType = Object.entries(TYPE_PERMISSIONS).flatMap(([type, permissions]) => {
    const found = sources.flatMap((source) => resourcesOf(source, type, place));
    if (found.length === 0) return [];
    return [{ sid: type.replace(/^AWS::|::/g, ''), permissions, resources: unique(found) }];
  });
  const unscoped = byType.flatMap(({ permissions }) => permissions.unscoped ?? []);
  const statements = byType
    .filter(({ permissions }) => permissions.actions.length > 0)
    .map(({ sid, permissions, resources }) => allow(sid, permissions.actions, resources));
  const policy: IamPolicy = {
    Version: '2012-10-17',
    Statement: [
      allow('Stacks', STACK_ACTIONS, stacks),
      ...statements,
      allow('Unscoped', unique([...LOOKS, ...unscoped]).sort(), ['*']),
    ],
  };
  const characters = policyCharacters(policy);
  if (characters <= MAX_ROLE_POLICY_CHARACTERS) return policy;
  throw new AppError({
    code: 'PolicyTooLong',
    message: `The policy would have ${characters} characters; a role takes ${MAX_ROLE_POLICY_CHARACTERS}.`,
    hint: 'Use shorter names in the topology, or a shorter --prefix.',
  });
}

/** The ARNs of a template's resources of a type: by their names, or by what CloudFormation makes names of. */
function resourcesOf({ name: stack, template }: StackSource, type: string, place: IamPlace) {
  const { name: property, arn } = TYPE_PERMISSIONS[type] ?? {};
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== type) return [];
    const given = property === undefined ? undefined : Properties[property];
    const named = typeof given === 'string' ? given : undefined;
    return arn?.(place, { stack, id, name: named }) ?? ['*'];
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
