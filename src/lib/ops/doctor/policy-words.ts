import {
  explainPolicy,
  InvalidPolicy,
  type Mismatch,
  type PolicyDecision,
  type PolicyRequest,
  parsePolicy,
} from '../../model/policy/index.ts';

/** What a policy decides on a request, with the statement that says so. */
export interface PolicyVerdict {
  /** `unreadable`: no policy document, so nothing can be evaluated. */
  readonly decision: PolicyDecision['decision'] | 'unreadable';
  /** A sentence with the very statement, or with what stands in the way of the nearest one. */
  readonly evidence: string;
  /** The deciding statement's Sid, where it has one. */
  readonly sid: string | undefined;
}

/** Evaluates the text of a resource policy as the service does. @param text empty or undefined: there is none. */
export function judgePolicy(text: string | undefined, request: PolicyRequest): PolicyVerdict {
  if (!text) return { decision: 'none', evidence: 'There is no policy.', sid: undefined };
  try {
    const { decision, statement, statements } = explainPolicy(parsePolicy(text), request);
    if (statement !== undefined) {
      const sid = typeof statement === 'string' ? statement : undefined;
      const source = statementSource(text, statement);
      const does = decision === 'deny' ? 'denies it' : 'allows it';
      return { decision, evidence: `Statement ${source} ${does}.`, sid };
    }
    const [nearest] = statements
      .filter(({ effect }) => effect === 'Allow')
      .sort((a, b) => a.mismatches.length - b.mismatches.length);
    const evidence = nearest
      ? `No statement allows it. The nearest, ${named(nearest.statement)}, wants ${nearest.mismatches.map(inWords).join(', and ')}.`
      : 'No statement allows it.';
    return { decision, evidence, sid: undefined };
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    return {
      decision: 'unreadable',
      evidence: `The policy can't be read: ${error.message}`,
      sid: undefined,
    };
  }
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
function statementSource(text: string, statement: string | number): string {
  const { Statement } = JSON.parse(text) as { Statement: unknown };
  const list: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  const found =
    typeof statement === 'number'
      ? list[statement]
      : list.find((each) => sidOf(each) === statement);
  return JSON.stringify(found);
}

function sidOf(statement: unknown): unknown {
  return typeof statement === 'object' && statement !== null
    ? Reflect.get(statement, 'Sid')
    : undefined;
}
