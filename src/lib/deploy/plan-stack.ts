import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'lossless-json';
import type { Aws } from '../aws/clients.ts';
import {
  type ChangeSetRequest,
  createChangeSet,
  deleteChangeSet,
  deleteStack,
  describeChangeSet,
  type FoundChangeSet,
  getStack,
  type ResourceChange,
  type Stack,
} from '../aws/stacks.ts';
import { AppError } from '../rules/errors.ts';
import { differencesWithin, masked, type PropertyDifference } from './property-differences.ts';
import { MAX_TEMPLATE_BYTES, type StackSource } from './template.ts';
import { templateYaml } from './yaml.ts';

/** A change of a stack's resource. */
export interface StackChange {
  readonly action: 'create' | 'update' | 'delete';
  /** Such as `AWS::SQS::Queue`. */
  readonly type: string;
  readonly logicalId: string;
  /** Whether the resource is made anew and the old one removed; `maybe` where that shows only then. */
  readonly replaced: 'no' | 'yes' | 'maybe';
  readonly differences: readonly PropertyDifference[];
}

/** What a deployment would change. */
export interface StackPlan {
  readonly kind: 'create' | 'update' | 'nothing';
  readonly stackName: string;
  readonly stackId: string;
  readonly changeSetId: string;
  readonly changes: readonly StackChange[];
}

/** One at a time: what a run that was killed left is found, and taken away, under this name. */
const CHANGE_SET = 'pubsub-deploy';
const POLL_MS = { local: 50, endpoint: 300, aws: 2_000 } as const;

/**
 * Has CloudFormation work out what changes in a stack, which changes nothing itself.
 * @param parameters of the template; those that are not given keep the values that the stack has.
 * @param before the stack with its resources; undefined where there is none.
 * @throws AppError of a template or parameters that are refused.
 */
export async function planStack(
  aws: Aws,
  source: StackSource,
  parameters: Readonly<Record<string, string>>,
  before: Stack | undefined,
): Promise<StackPlan> {
  const has = before !== undefined;
  const declared = source.template.Parameters ?? {};
  const kept = (before?.Parameters ?? []).flatMap(({ ParameterKey: key = '' }) =>
    key in declared && !(key in parameters) ? [key] : [],
  );
  const { name } = source;
  const request = {
    stackName: name,
    changeSetName: CHANGE_SET,
    kind: has ? ('UPDATE' as const) : ('CREATE' as const),
    template: templateText(source),
    parameters,
    kept,
    tags: source.tags,
  };
  const begun = await beginPlan(aws, request);
  if (begun === 'nothing') {
    const { StackId: stackId = name } = before ?? {};
    return { kind: 'nothing', stackName: name, stackId, changeSetId: '', changes: [] };
  }
  const { id, stackId } = begun;
  const found = await workedOut(aws, id);
  const plan = { stackName: name, stackId, changeSetId: id };
  if (found.status === 'CREATE_COMPLETE') {
    return { kind: has ? 'update' : 'create', ...plan, changes: found.changes.map(changeOf) };
  }
  await dropPlan(aws, plan, has);
  if (isUnchanged(found)) return { kind: 'nothing', ...plan, changes: [] };
  throw new AppError({
    code: 'PlanFailed',
    message: `CloudFormation can't plan the stack "${name}": ${found.reason}`,
  });
}

/** Begins to work a change set out; `nothing` where that is refused at once for having nothing to do, as other endpoints do. */
async function beginPlan(
  aws: Aws,
  request: ChangeSetRequest,
): Promise<{ readonly id: string; readonly stackId: string } | 'nothing'> {
  try {
    return await createChangeSet(aws, request);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (isUnchanged({ reason: error.message })) return 'nothing';
    if (error.code !== 'AlreadyExistsException') throw error;
    // A run that was killed left it.
    await deleteChangeSet(aws, { id: CHANGE_SET, stackName: request.stackName });
    return createChangeSet(aws, request);
  }
}

/** What a first deployment makes, by the template: what it comes to where nothing can be planned yet. */
export function firstChanges({ template }: StackSource): StackChange[] {
  return Object.entries(template.Resources).map(([logicalId, { Type }]) => ({
    action: 'create',
    type: Type,
    logicalId,
    replaced: 'no',
    differences: [],
  }));
}

/** Takes back what planning made: the change set, and a stack that is there for nothing else. */
export async function dropPlan(
  aws: Aws,
  { changeSetId, stackId }: Pick<StackPlan, 'changeSetId' | 'stackId'>,
  has: boolean,
): Promise<void> {
  await deleteChangeSet(aws, { id: changeSetId });
  if (has) return;
  const stack = await getStack(aws, stackId);
  // Another run may have carried its own plan out meanwhile: the stack is then that run's.
  if (stack?.StackStatus === 'REVIEW_IN_PROGRESS') await deleteStack(aws, stackId);
}

/** The template as people read it, or in fewer bytes where CloudFormation takes no more. */
function templateText({ template }: StackSource): string {
  const yaml = templateYaml({ ...template });
  if (Buffer.byteLength(yaml) <= MAX_TEMPLATE_BYTES) return yaml;
  return stringify(template) ?? '';
}

async function workedOut(aws: Aws, id: string): Promise<FoundChangeSet> {
  for (;;) {
    const found = await describeChangeSet(aws, id);
    if (!['CREATE_PENDING', 'CREATE_IN_PROGRESS'].includes(found.status)) return found;
    await sleep(POLL_MS[aws.kind]);
  }
}

/**
 * Whether a change set failed for having nothing to do. CloudFormation has no other sign of it than its words, by which
 * its own tools know it too (`aws cloudformation deploy`).
 */
function isUnchanged({ reason }: Pick<FoundChangeSet, 'reason'>): boolean {
  return /didn't contain changes|No updates are to be performed/.test(reason);
}

const ACTIONS: Readonly<Record<string, StackChange['action']>> = {
  Add: 'create',
  Modify: 'update',
  Remove: 'delete',
};

function changeOf(change: ResourceChange): StackChange {
  const { Action = '', ResourceType = '', LogicalResourceId = '', Replacement } = change;
  const differences = new Map<string, PropertyDifference>();
  for (const { Target: target } of change.Details ?? []) {
    const { Name, Path, Attribute = '', BeforeValue, AfterValue } = target ?? {};
    const setting = Path?.replace(/^\/Properties\//, '').replaceAll('/', '.') ?? Name ?? Attribute;
    // One that changes by itself and by what it refers to stands there twice.
    if (differences.get(setting)?.to !== undefined) continue;
    differences.set(setting, { setting, from: BeforeValue, to: AfterValue });
  }
  return {
    action: ACTIONS[Action] ?? 'update',
    type: ResourceType,
    logicalId: LogicalResourceId,
    replaced: Replacement === 'True' ? 'yes' : Replacement === 'Conditional' ? 'maybe' : 'no',
    differences:
      Action === 'Modify' ? [...differences.values()].flatMap(differencesWithin).map(masked) : [],
  };
}
