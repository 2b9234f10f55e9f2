import { type JsonNode, JsonTextError, readJson } from '../text/json-text.ts';
import { canonicalStatement, type PolicyValue } from './canonical-statement.ts';
import { InvalidPolicy } from './invalid-policy.ts';

/** A statement that this tool owns: its `Sid` tells it from everybody else's. */
export interface OwnStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: PolicyValue;
  readonly Action: PolicyValue;
  readonly Resource: PolicyValue;
  readonly Condition?: PolicyValue;
}

/** A policy document's new text, and whether it differs from what was there. */
export interface DocumentChange {
  readonly text: string;
  readonly changed: boolean;
}

/**
 * The statement that lets one topic, and only it, send to one queue ("Step 2. Give permission to the Amazon SNS topic
 * to send messages to the Amazon SQS queue", SNS Developer Guide). Its Sid is `pubsub-` and the topic's name, with
 * account and region behind it where the topic is in another one than the queue: there may be two of a name.
 */
export function allowTopic(topicArn: string, queueArn: string): OwnStatement {
  return {
    Sid: sidOf(topicArn, queueArn),
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  };
}

function sidOf(topicArn: string, queueArn: string): string {
  const [, , , region, account, name] = topicArn.split(':');
  const [, , , queueRegion, queueAccount] = queueArn.split(':');
  const isBeside = region === queueRegion && account === queueAccount;
  return `pubsub-${name}${isBeside ? '' : `-${account}-${region}`}`;
}

interface Document {
  /** Text of each statement, as it stands. */
  readonly statements: readonly StatementText[];
  /** The document around its statements: what stands before and after the value of `Statement`. */
  readonly before: string;
  readonly after: string;
}

interface StatementText {
  readonly sid: string | undefined;
  readonly text: string;
}

function statementText(node: JsonNode, text: string): StatementText {
  if (node.kind !== 'object')
    throw new InvalidPolicy('Statement must be an object or a list of them');
  const sid = node.entries.find(({ key }) => key === 'Sid')?.value;
  return {
    sid: sid?.kind === 'string' ? sid.value : undefined,
    text: text.slice(node.start, node.end),
  };
}

function readRoot(text: string): JsonNode {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new InvalidPolicy(`The policy is not JSON: ${error.message}`);
  }
}

function readDocument(text: string | undefined): Document {
  if (text === undefined || text.trim() === '') {
    return { statements: [], before: '{"Version":"2012-10-17","Statement":', after: '}' };
  }
  const root = readRoot(text);
  if (root.kind !== 'object') throw new InvalidPolicy('The policy is not a JSON object');
  const found = root.entries.filter(({ key }) => key === 'Statement');
  if (found.length > 1) throw new InvalidPolicy('The policy has more than one Statement');
  const value = found[0]?.value;
  if (value === undefined) {
    const comma = root.entries.length > 0 ? ',' : '';
    return {
      statements: [],
      before: `${text.slice(0, root.end - 1).trimEnd()}${comma}"Statement":`,
      after: text.slice(root.end - 1),
    };
  }
  const nodes = value.kind === 'array' ? value.items : [value];
  return {
    statements: nodes.map((node) => statementText(node, text)),
    before: text.slice(0, value.start),
    after: text.slice(value.end),
  };
}

function write(document: Document, statements: readonly string[]): string {
  return `${document.before}[${statements.join(',')}]${document.after}`;
}

function sameMeaning(found: StatementText, statement: OwnStatement): boolean {
  const parsed = JSON.parse(found.text) as { [key: string]: PolicyValue };
  return canonicalStatement(parsed) === canonicalStatement({ ...statement });
}

function isSettled(own: readonly StatementText[], statement: OwnStatement): boolean {
  const [found, ...repeated] = own;
  return found !== undefined && repeated.length === 0 && sameMeaning(found, statement);
}

/**
 * Whether the policy already holds the statement under its Sid, in whatever form AWS wrote it back.
 *
 * @throws InvalidPolicy when the text is not a policy document
 */
export function hasEquivalentStatement(
  policyText: string | undefined,
  statement: OwnStatement,
): boolean {
  const { statements } = readDocument(policyText);
  return isSettled(
    statements.filter(({ sid }) => sid === statement.Sid),
    statement,
  );
}

/**
 * Puts the statement into a policy: in the place of the one with its Sid, or at the end. All other statements keep
 * their order and their text, to the letter. A policy that already says the same is given back as it is.
 *
 * @throws InvalidPolicy when the text is not a policy document; nothing can be merged into it safely
 */
export function mergeStatement(
  policyText: string | undefined,
  statement: OwnStatement,
): DocumentChange {
  const document = readDocument(policyText);
  const own = document.statements.filter(({ sid }) => sid === statement.Sid);
  if (isSettled(own, statement)) return { text: policyText ?? '', changed: false };
  const written = JSON.stringify(statement);
  const texts = document.statements
    .filter((each) => each.sid !== statement.Sid || each === own[0])
    .map((each) => (each === own[0] ? written : each.text));
  if (own.length === 0) texts.push(written);
  return { text: write(document, texts), changed: true };
}

/**
 * Takes the statement with this Sid out of a policy. Where none is left the text is empty, which is how SQS and SNS
 * are told to drop a policy.
 *
 * @throws InvalidPolicy when the text is not a policy document
 */
export function removeStatement(policyText: string | undefined, sid: string): DocumentChange {
  const document = readDocument(policyText);
  const kept = document.statements.filter((each) => each.sid !== sid);
  if (kept.length === document.statements.length) return { text: policyText ?? '', changed: false };
  if (kept.length === 0) return { text: '', changed: true };
  return {
    text: write(
      document,
      kept.map(({ text }) => text),
    ),
    changed: true,
  };
}
