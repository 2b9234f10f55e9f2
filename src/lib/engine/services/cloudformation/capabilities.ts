import { insufficientCapabilities } from './errors.ts';
import type { Template } from './template/template.ts';

/** Resource types that give permissions, with the property that names them; empty for what has no name of its own. */
const IAM_TYPES: Readonly<Record<string, string>> = {
  'AWS::IAM::AccessKey': '',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::GroupPolicy': '',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': '',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::RolePolicy': '',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserPolicy': '',
  'AWS::IAM::UserToGroupAddition': '',
};

/** The capability that the resources of a template need; empty where they need none. */
export function neededCapability({ resources }: Template): string {
  const all = Object.values(resources).filter(({ type }) => Object.hasOwn(IAM_TYPES, type));
  if (all.length === 0) return '';
  const isNamed = all.some(({ type, properties }) => {
    const name = IAM_TYPES[type] ?? '';
    return name !== '' && properties[name] !== undefined;
  });
  return isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
}

/** Why a template needs a capability, as `ValidateTemplate` tells it. */
export function capabilitiesReason({ resources }: Template): string {
  const types = Object.values(resources).map(({ type }) => type);
  const named = [...new Set(types)].filter((type) => Object.hasOwn(IAM_TYPES, type));
  return `The following resource(s) require capabilities: [${named.join(', ')}]`;
}

/**
 * @param expandsTransforms whether transforms are done without the caller having seen what they make.
 * @throws ServiceError `InsufficientCapabilitiesException`
 */
export function checkCapabilities(
  template: Template,
  given: readonly string[],
  expandsTransforms: boolean,
): void {
  const needed = neededCapability(template);
  const isMissing =
    needed === 'CAPABILITY_NAMED_IAM'
      ? !given.includes(needed)
      : needed !== '' && !given.includes(needed) && !given.includes('CAPABILITY_NAMED_IAM');
  const expand = 'CAPABILITY_AUTO_EXPAND';
  const isUnseen = expandsTransforms && template.transforms.length > 0 && !given.includes(expand);
  const missing = [...(isMissing ? [needed] : []), ...(isUnseen ? [expand] : [])];
  if (missing.length > 0) throw insufficientCapabilities(missing);
}
