import { readFileSync } from 'node:fs';
import {
  CreatePlatformApplicationCommand,
  CreatePlatformEndpointCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snsUnsupported } from '../../../../src/lib/engine/services/sns/shapes-mobile.ts';
import {
  child,
  type Element,
  type ModelOperation,
  problemsOf,
  queryForm,
  readValue,
  readXml,
  type ServiceModel,
  variations,
} from '../../../fixtures/model-walk.ts';
import { ACCOUNT, REGION, type SnsEngine, startSns } from '../../../fixtures/sns-engine.ts';

const MODEL = new URL('../../../fixtures/models/sns.json', import.meta.url);
const model: ServiceModel = JSON.parse(readFileSync(MODEL, 'utf8'));

/** Requests under way. */
const AT_A_TIME = 20;

/** What the Query protocol and the services' framework answer, for any action. */
const COMMON = ['ValidationError', 'MalformedInput', 'MissingParameter', 'UnsupportedOperation'];

const bugs: unknown[] = [];
let engine: SnsEngine;
let topicArn: string;
let subscriptionArn: string;
let token: string;
let applicationArn: string;
let endpointArn: string;
beforeAll(async () => {
  engine = await startSns({ onBug: (error) => bugs.push(error) });
  topicArn = await engine.topic('walked');
  subscriptionArn = await engine.subscribe(topicArn, `arn:aws:sqs:${REGION}:${ACCOUNT}:walked`);
  await engine.sns.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: 'a@example.com' }),
  );
  token = engine.running.engine.sns.sink.find({ protocol: 'email' })[0]?.token ?? '';
  const { PlatformApplicationArn } = await engine.sns.send(
    new CreatePlatformApplicationCommand({
      Name: 'walked',
      Platform: 'GCM',
      Attributes: { PlatformCredential: 'x' },
    }),
  );
  applicationArn = PlatformApplicationArn ?? '';
  const { EndpointArn } = await engine.sns.send(
    new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token: 'walked' }),
  );
  endpointArn = EndpointArn ?? '';
});
afterAll(() => engine.stop());

/** Values with which most actions do something. */
function seed(member: string, action: string): unknown {
  switch (member) {
    case 'TopicArn':
    case 'ResourceArn':
      // Each deleting action would end the walk of the others.
      return action === 'DeleteTopic' ? `${topicArn}-other` : topicArn;
    case 'SubscriptionArn':
      return action === 'Unsubscribe' ? `${subscriptionArn.slice(0, -1)}0` : subscriptionArn;
    case 'PlatformApplicationArn':
      return action.startsWith('Delete') ? `${applicationArn}-other` : applicationArn;
    case 'EndpointArn':
      return action.startsWith('Delete') ? `${endpointArn}0` : endpointArn;
    case 'TargetArn':
      return undefined;
    case 'Platform':
      return 'GCM';
    case 'Protocol':
      return 'sqs';
    case 'Endpoint':
      return `arn:aws:sqs:${REGION}:${ACCOUNT}:walked`;
    case 'AWSAccountId':
      return [ACCOUNT];
    case 'ActionName':
      return ['Publish'];
    case 'AttributeName':
      return action === 'SetTopicAttributes' ? 'DisplayName' : 'FilterPolicy';
    case 'AttributeValue':
      return action === 'SetTopicAttributes' ? 'walked' : '{"a":["b"]}';
    case 'Attributes':
      if (action === 'CreatePlatformApplication') return { PlatformCredential: 'x' };
      if (action === 'CreateTopic') return { DisplayName: 'x' };
      return action === 'Subscribe' ? { RawMessageDelivery: 'true' } : undefined;
    case 'Token':
      return action === 'ConfirmSubscription' ? token : undefined;
    case 'DataType':
      return 'String';
    case 'MessageStructure':
    case 'NextToken':
    case 'nextToken':
      return '';
    case 'PhoneNumber':
    case 'phoneNumber':
      return '+15551234567';
    case 'DataProtectionPolicy':
      return '{}';
    default:
      return undefined;
  }
}

const SCOPE = `${ACCOUNT}/20260101/${REGION}/sns/aws4_request`;

/** How one input was answered, and what is wrong with that. */
interface Walked {
  readonly what: string;
  readonly status: number;
  readonly problems: readonly string[];
}

async function walk(action: string, input: unknown): Promise<Omit<Walked, 'what'>> {
  const operation = model.operations[action];
  if (operation === undefined) throw new Error(`no action ${action}`);
  const answer = await fetch(engine.running.endpoint, {
    method: 'POST',
    headers: {
      Authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host, Signature=0`,
    },
    body: queryForm(action, model.version, operation.input, input),
  });
  const { status } = answer;
  const root = readXml(await answer.text());
  return {
    status,
    problems: status === 200 ? inAnswer(action, operation, root) : inError(operation, status, root),
  };
}

function inAnswer(action: string, { wrapper, output }: ModelOperation, root: Element): string[] {
  if (root.name !== `${action}Response`) return [`it answers with ${root.name}`];
  if (wrapper === null) return [];
  const result = child(root, wrapper);
  if (result === undefined) return [`there is no ${wrapper}`];
  return problemsOf(output, readValue(output, result));
}

function inError({ errors }: ModelOperation, status: number, root: Element): string[] {
  const code = child(child(root, 'Error'), 'Code')?.text ?? '';
  const known = [...COMMON, ...errors].includes(code) && status < 500;
  return known ? [] : [`status ${status}, code ${code}`];
}

test.each(Object.keys(model.operations))(
  '%s answers whatever it gets as its model says',
  async (action) => {
    const operation = model.operations[action];
    if (operation === undefined) return;
    const found: Walked[] = [];
    const inputs = variations(action, operation, seed);
    const walkOn = async () => {
      for (const { what, input } of inputs) found.push({ what, ...(await walk(action, input)) });
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, walkOn));
    const problems = found.flatMap((each) => each.problems.map((one) => `${each.what}: ${one}`));
    expect(problems.slice(0, 10)).toEqual([]);
    expect(bugs).toEqual([]);
    // An action that refuses whatever it gets would be walked in vain.
    expect(found.some(({ status }) => status === 200)).toBe(!snsUnsupported.has(action));
  },
);
