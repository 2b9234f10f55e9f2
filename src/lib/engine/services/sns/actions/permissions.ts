import type { AddPermissionInput, RemovePermissionInput } from '@aws-sdk/client-sns';
import { topicSettings } from '../attributes.ts';
import type { SnsContext } from '../context.ts';
import { topicFor } from '../lookup.ts';
import { invalidParameter } from '../refusals.ts';
import { storeTopic } from '../stored.ts';
import type { Topic } from '../topic.ts';
import { checkActions, type PolicyStatement, policyDocument } from '../topic-policy.ts';

const ACCOUNT = /^\d{12}$/;

/** https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html */
export function addPermission(input: AddPermissionInput, ctx: SnsContext): object {
  const topic = topicFor(ctx, input.TopicArn ?? '', 'AddPermission');
  const actions = (input.ActionName ?? []).map((name) => `SNS:${name}`);
  const accounts = input.AWSAccountId ?? [];
  if (actions.length === 0) throw invalidParameter('ActionName');
  if (accounts.length === 0) throw invalidParameter('AWSAccountId');
  checkActions(actions);
  for (const account of accounts) {
    if (!ACCOUNT.test(account)) throw invalidParameter('Policy Error: PrincipalNotFound');
  }
  const statements = policyDocument(topic).Statement;
  if (statements.some(({ Sid }) => Sid === input.Label)) {
    throw invalidParameter('Statement already exists');
  }
  const principals = accounts.map((account) => `arn:aws:iam::${account}:root`);
  setStatements(ctx, topic, [
    ...statements,
    {
      Sid: input.Label ?? '',
      Effect: 'Allow',
      Principal: { AWS: oneOrMany(principals) },
      Action: oneOrMany(actions),
      Resource: topic.arn,
    },
  ]);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_RemovePermission.html */
export function removePermission(input: RemovePermissionInput, ctx: SnsContext): object {
  const topic = topicFor(ctx, input.TopicArn ?? '', 'RemovePermission');
  const statements = policyDocument(topic).Statement;
  const kept = statements.filter(({ Sid }) => Sid !== input.Label);
  if (kept.length < statements.length) setStatements(ctx, topic, kept);
  return {};
}

function setStatements(ctx: SnsContext, topic: Topic, statements: PolicyStatement[]): void {
  const document = { ...policyDocument(topic), Statement: statements };
  topic.attributes.set('Policy', JSON.stringify(document));
  topic.settings = topicSettings(topic.attributes);
  storeTopic(ctx.state, topic);
}

/** AWS writes a list of one as a scalar. */
function oneOrMany(values: string[]): string | string[] {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}
