import type { Command } from 'commander';
import { findSubscribers } from '../../lib/definition/find.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { type AppError, usageError } from '../../lib/rules/errors.ts';
import { parseArn } from '../../lib/rules/names.ts';
import { partitionOf } from '../../lib/rules/regions.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { iamPolicy } from '../../lib/topology/iam/policy.ts';
import {
  IAM_ROLES,
  type IamPlace,
  type IamPolicy,
  type IamRole,
} from '../../lib/topology/iam/statement.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { readDatabase } from '../deploy/order-database.ts';
import { readStyle } from '../deploy/request.ts';
import { chooseFunction } from '../functions/choose.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';

interface IamFlags {
  readonly account?: string;
  readonly kmsKeyArn?: string;
  readonly database?: string;
}

/** `pubsub iam <role> [subscriber]` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub iam publisher --target aws',
      'pubsub iam subscriber ledger --account 123456789012 --region eu-west-1',
      'pubsub iam operator --target aws > operator.json',
      'pubsub iam function OrderProcessor --topology order-notifications',
      'pubsub iam deploy serverless --target aws > deploy.json',
    ],
    'aws iam create-policy --policy-document file://operator.json …',
  )
    .argument('[role]', [...IAM_ROLES, DEPLOY].join(', '))
    .argument('[subscriber]', 'whose queue a subscriber reads, or all; the function; the style')
    .option('--account <id>', 'the AWS account, without asking the target for it')
    .option('--kms-key-arn <arn>', 'customer key of the topic and queues')
    .option('--database <kind>', 'with deploy: dynamodb, postgres or rds')
    .action((role: string | undefined, subscriber: string | undefined, flags: IamFlags) =>
      run(command, (context) =>
        role === DEPLOY
          ? deployer(command, context, subscriber, flags)
          : iam(command, context, role, subscriber, flags),
      ),
    );
}

/** The role of who deploys. */
const DEPLOY = 'deploy';

/** `pubsub iam deploy <style>` */
async function deployer(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: IamFlags,
): Promise<undefined> {
  if (word === undefined) {
    throw usageError('Which style is to be deployed?', 'Such as: pubsub iam deploy serverless');
  }
  const style = readStyle(word);
  const database = readDatabase(flags.database);
  const account = readAccount(flags.account);
  const topology = await topologyFor(context);
  const [{ deploymentOf }, { deployPolicy }] = await Promise.all([
    import('../../lib/deploy/template.ts'),
    import('../../lib/deploy/deploy-policy.ts'),
  ]);
  const deployment = deploymentOf(topology, style, undefined, database);
  print(context, deployPolicy(deployment, await placeOf(command, context, account)));
}

function print({ printer }: CommandContext, policy: IamPolicy): void {
  printer.document(policy);
  for (const line of JSON.stringify(policy, undefined, 2).split('\n')) printer.text(line);
}

async function iam(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  subscriber: string | undefined,
  flags: IamFlags,
): Promise<undefined> {
  const role = readRole(word);
  if (flags.database !== undefined) {
    throw usageError(
      `--database belongs to the policy of ${DEPLOY}.`,
      'Such as: pubsub iam deploy ecs --database rds',
    );
  }
  const topology = await topologyFor(context);
  const target = role === 'function' ? chooseFunction(topology, subscriber) : undefined;
  const subscribers = target ? [] : readSubscribers(role, topology, subscriber);
  const kmsKeyArn = readKeyArn(flags.kmsKeyArn);
  const account = readAccount(flags.account);
  const policy = iamPolicy({
    role,
    topology,
    subscribers,
    target,
    // An account that is named is one of AWS.
    makesFunctions: account === undefined && context.settings.target.kind !== 'aws',
    place: await placeOf(command, context, account),
    kmsKeyArn,
  });
  print(context, policy);
  return undefined;
}

function readRole(word: string | undefined): IamRole {
  const role = IAM_ROLES.find((each) => each === word);
  if (role) return role;
  const near = word === undefined ? undefined : nearest(word, [...IAM_ROLES, DEPLOY]);
  throw usageError(
    word === undefined
      ? 'Whose policy is it to be?'
      : `Unknown role "${word}".${near ? ` Did you mean "${near}"?` : ''}`,
    'Such as: pubsub iam publisher, pubsub iam subscriber ledger, pubsub iam operator',
    'UnknownRole',
  );
}

function readSubscribers(role: IamRole, topology: Topology, word: string | undefined) {
  if (role === 'subscriber') {
    if (word !== undefined) return findSubscribers(topology, word);
    throw usageError(
      'Which subscriber is the policy for?',
      `Such as: pubsub iam subscriber ${topology.subscribers[0]?.name}, or all for one that reads every queue.`,
      'MissingSubscriber',
    );
  }
  if (word === undefined) return [];
  throw usageError(`The policy of ${role} is not one of a single subscriber.`, undefined);
}

function readAccount(account: string | undefined): string | undefined {
  if (account === undefined || /^\d{12}$/.test(account)) return account;
  throw usageError('--account must be the twelve digits of an AWS account.');
}

function readKeyArn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const arn = parseArn(text);
  if (arn?.service === 'kms' && /^key\/[\w-]+$/.test(arn.resource)) return text;
  throw usageError(
    '--kms-key-arn must be the ARN of a key: a policy on an alias has no effect.',
    'Such as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  );
}

/** Where the resources are: in the account that is given, or else in that of the target. */
function placeOf(
  command: Command,
  context: CommandContext,
  account: string | undefined,
): Promise<IamPlace> {
  return account === undefined ? askedPlace(command, context) : givenPlace(context, account);
}

/** The place as the target says it. @throws AppError where it doesn't say which account it is. */
async function askedPlace(command: Command, context: CommandContext): Promise<IamPlace> {
  const { identity } = await reading(context, undefined, () => connect(context));
  const { account, arn, region } = identity;
  if (account === undefined) throw unknownAccount(command);
  return { partition: parseArn(arn ?? '')?.partition ?? partitionOf(region), region, account };
}

/** Nobody is asked. The SDK's own chain may know the region where no setting does. */
async function givenPlace({ settings }: CommandContext, account: string): Promise<IamPlace> {
  const region = settings.region ?? (await regionOfProfile(settings));
  return { partition: partitionOf(region), region, account };
}

async function regionOfProfile(settings: CommandContext['settings']): Promise<string> {
  const { createAws } = await import('../../lib/aws/clients.ts');
  const aws = await createAws(settings);
  aws.close();
  return aws.region;
}

function unknownAccount(command: Command): AppError {
  return usageError(
    'The endpoint does not say which account it serves.',
    `Name it: ${commandLine(command, 'iam')} --account 123456789012`,
    'UnknownAccount',
  );
}
