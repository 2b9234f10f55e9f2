import { parseArn } from '../../rules/names.ts';
import {
  explainPolicy,
  InvalidPolicy,
  type Mismatch,
  type PolicyRequest,
  parsePolicy,
} from '../../rules/policy/index.ts';

/** What a policy decides on a request. `evidence` is a sentence with the very statement that decides. */
export type PolicyVerdict =
  | {
      readonly decision: 'allow' | 'deny';
      readonly evidence: string;
      /** The statement's Sid, or its position from 0. */
      readonly statement: string | number;
    }
  /** `none`: nothing decides; the evidence says what the nearest statement wants. `unreadable`: no policy document. */
  | { readonly decision: 'none' | 'unreadable'; readonly evidence: string };

/** Evaluates the text of a resource policy as the service does. @param text empty or undefined: there is none. */
export function judgePolicy(text: string | undefined, request: PolicyRequest): PolicyVerdict {
  if (!text) return { decision: 'none', evidence: 'There is no policy.' };
  try {
    // What is left when the last statement's permission was removed.
    if (statementsOf(JSON.parse(text)).length === 0) {
      return { decision: 'none', evidence: 'The policy has no statement.' };
    }
    const { decision, statement, statements } = explainPolicy(
      parsePolicy(text, { anyResource: true }),
      request,
    );
    if (statement !== undefined && decision !== 'none') {
      const does = decision === 'deny' ? 'denies it' : 'allows it';
      return { decision, evidence: `Statement ${source(text, statement)} ${does}.`, statement };
    }
    const [nearest] = statements
      .filter(({ effect }) => effect === 'Allow')
      .sort((a, b) => a.mismatches.length - b.mismatches.length);
    const evidence = nearest
      ? `No statement allows it. The nearest, ${named(nearest.statement)}, wants ${nearest.mismatches.map(inWords).join(', and ')}.`
      : 'No statement allows it.';
    return { decision: 'none', evidence };
  } catch (error) {
    if (!(error instanceof InvalidPolicy || error instanceof SyntaxError)) throw error;
    return { decision: 'unreadable', evidence: `The policy can't be read: ${error.message}` };
  }
}

/**
 * Whether a queue's policy lets a topic send, as SQS evaluates it: SNS sends as a service, which nothing but the policy
 * lets in.
 * @param about.now milliseconds since the epoch.
 */
export function judgeDelivery(
  policy: string | undefined,
  about: { readonly topicArn: string; readonly queueArn: string; readonly now: number },
): PolicyVerdict {
  const { topicArn, queueArn, now } = about;
  return judgePolicy(policy, {
    principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
    action: 'sqs:SendMessage',
    resource: queueArn,
    context: {
      'aws:SourceArn': topicArn,
      'aws:SourceAccount': parseArn(topicArn)?.account ?? '',
      'aws:SecureTransport': 'true',
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1000)),
    },
  });
}

function named(statement: string | number): string {
  return typeof statement === 'string' ? `"${statement}"` : `number ${statement + 1}`;
}

function inWords(mismatch: Mismatch): string {
  const wanted = JSON.stringify(mismatch.wanted);
  if (mismatch.element !== 'Condition') {
    return `${mismatch.element} ${wanted}, not ${JSON.stringify(mismatch.found)}`;
  }
  const { operator, key, found } = mismatch;
  const has =
    found === undefined
      ? 'is not given'
      : `is ${found.map((one) => JSON.stringify(one)).join(', ')}`;
  return `${operator} ${key} ${wanted}, which ${has}`;
}

/** The text of one statement, on one line. */
function source(text: string, statement: string | number): string {
  const list = statementsOf(JSON.parse(text));
  const found =
    typeof statement === 'number'
      ? list[statement]
      : list.find((each) => Reflect.get(each, 'Sid') === statement);
  return JSON.stringify(found);
}

/** A policy's text without the statement at a position, from 0; empty where none is left. */
export function withoutNumber(text: string, position: number): string {
  const document = JSON.parse(text) as object;
  const kept = statementsOf(document).filter((_, index) => index !== position);
  return kept.length === 0 ? '' : JSON.stringify({ ...document, Statement: kept });
}

function statementsOf(document: unknown): object[] {
  const { Statement } = document as { Statement?: object | object[] };
  if (Statement === undefined) return [];
  return Array.isArray(Statement) ? Statement : [Statement];
}
