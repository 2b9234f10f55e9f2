/** A value of a policy document. */
export type PolicyValue =
  | string
  | number
  | boolean
  | null
  | readonly PolicyValue[]
  | { readonly [key: string]: PolicyValue };

type PolicyObject = { readonly [key: string]: PolicyValue };

const ACCOUNT_ROOT = /^arn:[^:]*:iam::(\d{12}):root$/;

function isObject(value: PolicyValue | undefined): value is PolicyObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar and a list of one mean the same, and so do `true` and `"true"`; order says nothing. */
function strings(value: PolicyValue | undefined, map = (text: string) => text): string[] {
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const texts = list.map((item) => map(typeof item === 'string' ? item : JSON.stringify(item)));
  return [...new Set(texts)].sort();
}

function sortedEntries(object: PolicyObject): [string, PolicyValue][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function principal(value: PolicyValue | undefined): PolicyValue {
  if (value === '*') return [['AWS', ['*']]];
  if (!isObject(value)) return value ?? null;
  return sortedEntries(value).map(([type, ids]) => [
    type,
    strings(ids, (id) => ACCOUNT_ROOT.exec(id)?.[1] ?? id),
  ]);
}

function condition(value: PolicyValue | undefined): PolicyValue {
  if (!isObject(value)) return value ?? [];
  const clauses = Object.entries(value).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) =>
          JSON.stringify([operator.toLowerCase(), key.toLowerCase(), strings(values)]),
        )
      : [],
  );
  return clauses.sort();
}

/**
 * A statement in one fixed form, so that two that mean the same compare equal. AWS answers with other capitals in
 * actions (`SQS:SendMessage`), with `{"AWS":"*"}` for `"*"`, with an account's root ARN for its id, and with a scalar
 * for a list of one.
 */
export function canonicalStatement(statement: PolicyObject): string {
  const lower = (text: string) => text.toLowerCase();
  return JSON.stringify([
    statement.Sid ?? null,
    statement.Effect ?? null,
    principal(statement.Principal),
    principal(statement.NotPrincipal),
    strings(statement.Action, lower),
    strings(statement.NotAction, lower),
    strings(statement.Resource),
    strings(statement.NotResource),
    condition(statement.Condition),
  ]);
}
