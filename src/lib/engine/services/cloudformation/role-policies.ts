import { InvalidPolicy, type ResourcePolicy } from '../../../rules/policy/index.ts';
import { parseIdentityPolicy } from '../../permissions/identity-policy.ts';
import { managedPolicy } from './managed-policies.ts';
import { type CloudFormationState, isThere, type StackResource } from './state.ts';

/** What a role's policies say. */
export interface RolePolicies {
  readonly policies: readonly ResourcePolicy[];
  /** What bounds them; undefined where nothing does. */
  readonly boundary: ResourcePolicy | undefined;
}

/** Properties of roles and policies: what they hold was checked when they were made. */
interface IamProperties {
  readonly ManagedPolicyArns?: readonly string[];
  readonly PermissionsBoundary?: string;
  readonly Policies?: readonly { readonly PolicyDocument: unknown }[];
  readonly PolicyDocument?: unknown;
  readonly RoleName?: string;
  readonly Roles?: readonly string[];
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
  const { Policies = [], ManagedPolicyArns = [], PermissionsBoundary } = propertiesOf(role);
  const attached = resources
    .filter((each) => isAttached(each, role.physicalId))
    .map((each) => propertiesOf(each).PolicyDocument);
  const documents = [
    ...Policies.map(({ PolicyDocument }) => PolicyDocument),
    ...ManagedPolicyArns.map((arn) => documentOf(arn, resources)),
    ...attached,
  ];
  const bounds = PermissionsBoundary && documentOf(PermissionsBoundary, resources);
  return {
    policies: documents.map(compiled),
    boundary: bounds === undefined ? undefined : compiled(bounds),
  };
}

function propertiesOf({ properties }: StackResource): IamProperties {
  return properties as IamProperties;
}

/** Whether a resource is a policy that is attached to the role of a name. */
function isAttached(resource: StackResource, role: string): boolean {
  const { RoleName, Roles = [] } = propertiesOf(resource);
  if (resource.type === 'AWS::IAM::RolePolicy') return RoleName === role;
  return /^AWS::IAM::(?:Managed)?Policy$/.test(resource.type) && Roles.includes(role);
}

/** The document of a managed policy. @throws UnknownPolicy */
function documentOf(arn: string, resources: readonly StackResource[]): unknown {
  const own = resources.find(
    ({ type, physicalId }) => type === 'AWS::IAM::ManagedPolicy' && physicalId === arn,
  );
  const document = own === undefined ? managedPolicy(arn) : propertiesOf(own).PolicyDocument;
  if (document === undefined) throw new UnknownPolicy(arn);
  return document;
}

/** @throws InvalidPolicy */
function compiled(document: unknown): ResourcePolicy {
  return parseIdentityPolicy(typeof document === 'string' ? document : JSON.stringify(document));
}
