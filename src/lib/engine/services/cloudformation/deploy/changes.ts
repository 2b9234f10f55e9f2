import { invalid } from '../errors.ts';
import { importedValue } from '../exports.ts';
import { checkProperties, type Properties } from '../resources/check-properties.ts';
import { resourceType } from '../resources/index.ts';
import type { PropertyTable } from '../resources/property-table.ts';
import {
  type CloudFormationState,
  isThere,
  type Stack,
  type StackInput,
  type StackResource,
} from '../state.ts';
import { type Compiled, evaluatedProperties, type ResourceValues } from '../template/compile.ts';
import { sameData } from '../template/data.ts';
import { hasUnknown, UNKNOWN } from '../template/evaluate.ts';
import { changedProperties } from './differences.ts';
import { type Hide, hidingOf, secretValues } from './hidden-values.ts';
import { outputsOf } from './outputs.ts';

/** A change of one resource, as `DescribeChangeSet` shows it. */
export interface ResourceChange {
  readonly Action: 'Add' | 'Modify' | 'Remove';
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly Replacement?: 'True' | 'False' | 'Conditional';
  readonly PolicyAction?: string;
  readonly Scope: readonly string[];
  readonly Details: readonly PropertyChange[];
}

interface PropertyChange {
  readonly Target: {
    readonly Attribute: 'Properties' | 'Tags';
    readonly Name?: string;
    readonly RequiresRecreation: 'Always' | 'Never' | 'Conditionally';
    readonly Path?: string;
    readonly BeforeValue?: string;
    readonly AfterValue?: string;
    readonly AttributeChangeType?: 'Add' | 'Modify' | 'Remove';
  };
  readonly Evaluation: 'Static' | 'Dynamic';
  readonly ChangeSource: 'DirectModification' | 'ResourceReference';
}

/** What an update of a stack would change. */
export interface Changes {
  readonly resources: readonly ResourceChange[];
  /** Whether there is nothing to do, outputs and tags included. */
  readonly isEmpty: boolean;
}

/**
 * Works out what has to change for a stack to be what a template says.
 *
 * @throws ServiceError `ValidationError`
 */
export function changesOf(
  state: CloudFormationState,
  stack: Stack,
  compiled: Compiled,
  input: StackInput,
): Changes {
  const there = new Map(
    Object.values(stack.resources)
      .filter(isThere)
      .map((resource) => [resource.logicalId, resource]),
  );
  const unsettled = new Set<string>();
  const scope = compiled.scope(knownValues(state, stack, there, unsettled));
  const hasNewTags = !sameData(stack.input.tags, input.tags);
  const hide = hidingOf([stack.input, input].flatMap((each) => secretValues(compiled, each)));
  const resources = compiled.order.flatMap((logicalId) => {
    const declared = compiled.template.resources[logicalId]?.type ?? '';
    const { table } = resourceType(declared);
    const old = there.get(logicalId);
    if (old !== undefined && old.type !== declared) throw typeChanged(logicalId);
    const evaluated = evaluatedProperties(compiled, scope, logicalId);
    const after = old === undefined ? evaluated : checkedOrAsIs(logicalId, table, evaluated);
    const change = changeOf(logicalId, declared, old, after, hasNewTags, hide);
    if (change !== undefined && change.Replacement !== 'False') unsettled.add(logicalId);
    return change ?? [];
  });
  const removed = [...there.values()]
    .filter(({ logicalId }) => !compiled.order.includes(logicalId))
    .map(removal);
  const outputs = outputsOf(compiled, scope);
  const isEmpty =
    resources.length + removed.length === 0 && !hasNewTags && sameData(outputs, stack.outputs);
  return { resources: [...resources, ...removed], isEmpty };
}

/** What the properties of resources that stay refer to is known; everything else isn't yet. */
function knownValues(
  state: CloudFormationState,
  stack: Stack,
  there: ReadonlyMap<string, StackResource>,
  unsettled: ReadonlySet<string>,
): ResourceValues {
  const known = (id: string) => (unsettled.has(id) ? undefined : there.get(id));
  return {
    ref: (id) => known(id)?.physicalId ?? UNKNOWN,
    attribute: (id, attribute) => known(id)?.attributes[attribute] ?? UNKNOWN,
    imported: (name) => importedValue(state, stack, name),
  };
}

/** A property that is refused is refused when the change is made, in an event of its resource. */
function checkedOrAsIs(
  logicalId: string,
  table: PropertyTable,
  properties: Properties,
): Properties {
  try {
    return checkProperties(logicalId, table, properties);
  } catch {
    return properties;
  }
}

function changeOf(
  logicalId: string,
  type: string,
  old: StackResource | undefined,
  after: Properties,
  hasNewTags: boolean,
  hide: Hide,
): ResourceChange | undefined {
  const common = { LogicalResourceId: logicalId, ResourceType: type };
  if (old === undefined) return { Action: 'Add', ...common, Scope: [], Details: [] };
  const { table } = resourceType(type);
  const isTagged = 'Tags' in table.properties;
  const changed = changedProperties(old.properties, after);
  if (changed.length === 0 && !(hasNewTags && isTagged)) return undefined;
  const details = changed.map((name) => propertyChange(name, old.properties, after, table, hide));
  const recreations = details.map(({ Target }) => Target.RequiresRecreation);
  const Replacement = recreations.includes('Always')
    ? 'True'
    : recreations.includes('Conditionally')
      ? 'Conditional'
      : 'False';
  const ofStack: PropertyChange = {
    Target: { Attribute: 'Tags', RequiresRecreation: 'Never' },
    Evaluation: 'Static',
    ChangeSource: 'DirectModification',
  };
  const withTags = hasNewTags && isTagged && !changed.includes('Tags') ? [ofStack] : [];
  const all = [...details, ...withTags];
  return {
    Action: 'Modify',
    ...common,
    PhysicalResourceId: old.physicalId,
    Replacement,
    ...(Replacement === 'False' ? {} : { PolicyAction: replacing(old) }),
    Scope: [...new Set(all.map(({ Target }) => Target.Attribute))],
    Details: all,
  };
}

function propertyChange(
  name: string,
  before: Properties,
  after: Properties,
  { replacing }: PropertyTable,
  hide: Hide,
): PropertyChange {
  const isDynamic = hasUnknown(after[name]);
  const kind = before[name] === undefined ? 'Add' : after[name] === undefined ? 'Remove' : 'Modify';
  const recreation = !replacing.includes(name) ? 'Never' : isDynamic ? 'Conditionally' : 'Always';
  return {
    Target: {
      Attribute: name === 'Tags' ? 'Tags' : 'Properties',
      Name: name,
      RequiresRecreation: recreation,
      Path: `/Properties/${name}`,
      ...(before[name] === undefined ? {} : { BeforeValue: shown(before[name], hide) }),
      ...(after[name] === undefined ? {} : { AfterValue: shown(after[name], hide) }),
      AttributeChangeType: kind,
    },
    Evaluation: isDynamic ? 'Dynamic' : 'Static',
    ChangeSource: isDynamic ? 'ResourceReference' : 'DirectModification',
  };
}

/** As `IncludePropertyValues` shows them. */
function shown(value: Properties[string] | undefined, hide: Hide): string {
  if (value === UNKNOWN) return KNOWN_AFTER_APPLY;
  if (typeof value === 'string') return hide(value);
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (each === UNKNOWN) return KNOWN_AFTER_APPLY;
    return typeof each === 'string' ? hide(each) : each;
  });
  return text ?? KNOWN_AFTER_APPLY;
}

const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

function replacing({ updateReplacePolicy }: StackResource): string {
  return updateReplacePolicy === 'Retain' ? 'ReplaceAndRetain' : 'ReplaceAndDelete';
}

function removal({ logicalId, physicalId, type, deletionPolicy }: StackResource): ResourceChange {
  return {
    Action: 'Remove',
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    PolicyAction: deletionPolicy === 'Retain' ? 'Retain' : 'Delete',
    Scope: [],
    Details: [],
  };
}

function typeChanged(logicalId: string) {
  return invalid(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`,
  );
}
