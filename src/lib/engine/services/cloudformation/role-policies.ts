import { InvalidPolicy, type ResourcePolicy } from '../../../rules/policy/index.ts';
import { parseIdentityPolicy } from '../../permissions/identity-policy.ts';
import { managedPolicy } from './managed-policies.ts';
import { objects, text, texts } from './resources/values.ts';
import { type CloudFormationState, isThere, type StackResource } from './state.ts';

/** What a role's policies say. */
export interface RolePolicies {
  readonly policies: readonly ResourcePolicy[];
  /** What bounds them; undefined where nothing does. */
  readonly boundary: ResourcePolicy | undefined;
}

interface Known {
  revision: number;
  readonly roles: Map<string, RolePolicies | undefined>;
}

const known = new WeakMap<CloudFormationState, Known>();

/**
 * The policies of a role that a stack has made. Undefined where nobody can tell what it may do: no stack has made it, or
 * one of its policies is none that the engine has.
 *
 * @param role its ARN, without its path.
 */
export function rolePolicies(state: CloudFormationState, role: string): RolePolicies | undefined {
  const { revision } = state;
  let cache = known.get(state);
  if (cache?.revision !== revision) {
    cache = { revision, roles: new Map() };
    known.set(state, cache);
  }
  if (!cache.roles.has(role)) cache.roles.set(role, readRole(state, role));
  return cache.roles.get(role);
}

function readRole(state: CloudFormationState, role: string): RolePolicies | undefined {
  const [, , , , account = '', kindAndName = ''] = role.split(':');
  const name = kindAndName.slice('role/'.length);
  const resources = [...state.stacks.values()]
    .filter((stack) => stack.account === account)
    .flatMap((stack) => Object.values(stack.resources).filter(isThere));
  const found = resources.find(
    ({ type, physicalId }) => type === 'AWS::IAM::Role' && physicalId === name,
  );
  if (found === undefined) return undefined;
  try {
    return policiesOf(found, resources);
  } catch (error) {
    // What AWS would have refused when the role was made says nothing.
    if (error instanceof InvalidPolicy || error instanceof UnknownPolicy) return undefined;
    throw error;
  }
}

/** A policy that the engine hasn't. */
class UnknownPolicy extends Error {}

/** @throws InvalidPolicy, UnknownPolicy */
function policiesOf(role: StackResource, resources: readonly StackResource[]): RolePolicies {
  const { physicalId: name, properties } = role;
  const attached = resources.flatMap(({ type, properties: own }) => {
    const isAttached =
      type === 'AWS::IAM::RolePolicy'
        ? text(own, 'RoleName') === name
        : /^AWS::IAM::(?:Managed)?Policy$/.test(type) && texts(own, 'Roles').includes(name);
    return isAttached ? [own.PolicyDocument] : [];
  });
  const boundary = text(properties, 'PermissionsBoundary');
  return {
    policies: [
      ...objects(properties, 'Policies').map(({ PolicyDocument }) => PolicyDocument),
      ...texts(properties, 'ManagedPolicyArns').map((arn) => documentOf(arn, resources)),
      ...attached,
    ].map(compiled),
    boundary: boundary === undefined ? undefined : compiled(documentOf(boundary, resources)),
  };
}

/** The document of a managed policy. @throws UnknownPolicy */
function documentOf(arn: string, resources: readonly StackResource[]): unknown {
  const own = resources.find(
    ({ type, physicalId }) => type === 'AWS::IAM::ManagedPolicy' && physicalId === arn,
  );
  const document = own?.properties.PolicyDocument ?? managedPolicy(arn);
  if (document === undefined) throw new UnknownPolicy(arn);
  return document;
}

/** @throws InvalidPolicy */
function compiled(document: unknown): ResourcePolicy {
  return parseIdentityPolicy(typeof document === 'string' ? document : JSON.stringify(document));
}
