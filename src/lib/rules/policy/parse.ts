import type { PolicyValue } from './canonical-statement.ts';
import { InvalidPolicy } from './invalid-policy.ts';
import { compileStatement, type Statement } from './statement.ts';
import { isObject } from './values.ts';

/** A resource policy, checked and compiled: Deny statements first, so that evaluation may stop at the first match. */
export interface ResourcePolicy {
  readonly id: string | undefined;
  readonly version: string;
  /** In the policy's own order. */
  readonly statements: readonly Statement[];
  readonly denies: readonly Statement[];
  readonly allows: readonly Statement[];
}

/** Versions of the policy language; a policy without one has the older ("IAM JSON policy elements: Version"). */
const OLD_VERSION = '2008-10-17';
const VERSION_WITH_VARIABLES = '2012-10-17';
const MEMBERS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

function readObject(text: string): { readonly [key: string]: PolicyValue } {
  let value: PolicyValue;
  try {
    value = JSON.parse(text) as PolicyValue;
  } catch (error) {
    throw new InvalidPolicy(`The policy is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw new InvalidPolicy('The policy is not a JSON object');
  return value;
}

/**
 * Checks and compiles the policy of a queue or topic ("Grammar of the IAM JSON policy language").
 *
 * @param options.anyResource whether a `Resource` may be no ARN, as in the policies of queues; false unless given
 * @throws InvalidPolicy for anything that AWS would refuse
 */
export function parsePolicy(
  text: string,
  { anyResource = false }: { readonly anyResource?: boolean } = {},
): ResourcePolicy {
  const source = readObject(text);
  const unknown = Object.keys(source).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) throw new InvalidPolicy(`Unknown element ${unknown}`);
  const { Version: version = OLD_VERSION, Id: id, Statement: statement } = source;
  if (version !== OLD_VERSION && version !== VERSION_WITH_VARIABLES) {
    throw new InvalidPolicy(`Version must be ${OLD_VERSION} or ${VERSION_WITH_VARIABLES}`);
  }
  if (id !== undefined && typeof id !== 'string') throw new InvalidPolicy('Id must be a string');
  if (statement === undefined) throw new InvalidPolicy('Statement is missing');
  const sources = Array.isArray(statement) ? statement : [statement];
  if (sources.length === 0) throw new InvalidPolicy('Statement is empty');
  const statements = sources.map((each, index) =>
    compileStatement(each, index, { variables: version === VERSION_WITH_VARIABLES, anyResource }),
  );
  refuseRepeatedSids(statements);
  return {
    id,
    version,
    statements,
    denies: statements.filter(({ effect }) => effect === 'Deny'),
    allows: statements.filter(({ effect }) => effect === 'Allow'),
  };
}

function refuseRepeatedSids(statements: readonly Statement[]): void {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid === undefined || sid === '') continue;
    if (seen.has(sid)) throw new InvalidPolicy(`Two statements have the Sid ${sid}`);
    seen.add(sid);
  }
}
