import { parsePolicy } from '../../../rules/policy/index.ts';
import { invalidParameter } from './refusals.ts';
import type { Topic } from './topic.ts';

/** A policy document as far as this module changes it. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly [key: string]: unknown;
}

/** What the default policy lets the owner do, in AWS's order. */
const DEFAULT_ACTIONS = [
  'SNS:GetTopicAttributes',
  'SNS:SetTopicAttributes',
  'SNS:AddPermission',
  'SNS:RemovePermission',
  'SNS:DeleteTopic',
  'SNS:Subscribe',
  'SNS:ListSubscriptionsByTopic',
  'SNS:Publish',
];

/** What a topic's policy may speak of ("Amazon SNS API permissions: Actions and resources reference"). */
const SCOPE: ReadonlySet<string> = new Set([
  'addpermission',
  'deletetopic',
  'getdataprotectionpolicy',
  'gettopicattributes',
  'listsubscriptionsbytopic',
  'listtagsforresource',
  'publish',
  'putdataprotectionpolicy',
  'receive',
  'removepermission',
  'settopicattributes',
  'subscribe',
  'tagresource',
  'untagresource',
]);

/** The policy of a topic that has none of its own. */
export function defaultPolicy(topic: { arn: string; account: string }): PolicyDocument {
  return {
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: DEFAULT_ACTIONS,
        Resource: topic.arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': topic.account } },
      },
    ],
  };
}

/** The text of a topic's policy, as `GetTopicAttributes` shows it. */
export function policyText(topic: Topic): string {
  return topic.attributes.get('Policy') ?? JSON.stringify(defaultPolicy(topic));
}

/** A topic's policy, to be changed. */
export function policyDocument(topic: Topic): PolicyDocument {
  const text = topic.attributes.get('Policy');
  if (text === undefined) return defaultPolicy(topic);
  const document: PolicyDocument = JSON.parse(text);
  const { Statement: statements } = document;
  return { ...document, Statement: Array.isArray(statements) ? statements : [statements] };
}

/**
 * Checks the text of a policy that is to be a topic's.
 *
 * @throws ServiceError `InvalidParameter`; AWS names no reason for most faults
 */
export function checkPolicy(text: string): void {
  const list = statementsOf(text);
  checkStatementIds(list);
  try {
    parsePolicy(text);
  } catch {
    throw invalidParameter('Policy Error: null');
  }
  for (const statement of list) {
    const resources: unknown = Reflect.get(statement, 'Resource');
    if (Array.isArray(resources) && resources.length > 1) {
      throw invalidParameter('Policy statement must apply to a single resource!');
    }
    checkActions(Reflect.get(statement, 'Action'));
    checkActions(Reflect.get(statement, 'NotAction'));
  }
}

function statementsOf(text: string): object[] {
  try {
    const { Statement: statements } = JSON.parse(text);
    const list: unknown[] = Array.isArray(statements) ? statements : [statements];
    return list.filter((each): each is object => typeof each === 'object' && each !== null);
  } catch {
    return [];
  }
}

/** Of several statements, each needs a `Sid` that no other has. */
function checkStatementIds(statements: readonly object[]): void {
  if (statements.length < 2) return;
  const ids = new Set(statements.map((statement) => Reflect.get(statement, 'Sid')));
  if (ids.size < statements.length || ids.has(undefined)) {
    throw invalidParameter('Every policy statement must have a unique ID');
  }
}

/** Refuses actions that no topic's policy can speak of; `SNS:*` is one of them. */
export function checkActions(actions: unknown): void {
  if (actions === undefined) return;
  for (const action of Array.isArray(actions) ? actions : [actions]) {
    const [service, name = ''] = String(action).toLowerCase().split(':');
    const inScope = service === 'sns' && (SCOPE.has(name) || /[a-z][*?]|[*?][a-z]/.test(name));
    if (!inScope) throw invalidParameter('Policy statement action out of service scope!');
  }
}
