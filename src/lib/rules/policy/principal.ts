import type { PolicyValue } from './canonical-statement.ts';
import { InvalidPolicy } from './invalid-policy.ts';
import { type PolicyPrincipal, roleOfSession } from './request.ts';
import { isObject, stringList } from './values.ts';

/** Whether the policy's principals cover the caller. */
export type PrincipalTest = (principal: PolicyPrincipal) => boolean;

const TYPES: ReadonlySet<string> = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);
const ACCOUNT = /^\d{12}$/;
const ACCOUNT_ROOT = /^arn:[^:]*:iam::(\d{12}):root$/;
const IDENTITY = /^arn:[^:]*:(?:iam|sts)::\d{12}:.+$/;
const ROLE = /^(arn:[^:]*:iam::\d{12}:role)\/(?:.*\/)?([^/]+)$/;

/** Role ARNs carry the role's path, ARNs of its sessions don't. */
function withoutPath(arn: string): string {
  const found = ROLE.exec(arn);
  return found === null ? arn : `${found[1]}/${found[2]}`;
}

function awsTest(id: string): PrincipalTest {
  if (id === '*') return () => true;
  const account = ACCOUNT.test(id) ? id : ACCOUNT_ROOT.exec(id)?.[1];
  if (account !== undefined) {
    return (principal) => principal.type === 'AWS' && principal.account === account;
  }
  if (!IDENTITY.test(id)) throw new InvalidPolicy(`Invalid principal in policy: "AWS":"${id}"`);
  const role = withoutPath(id);
  return (principal) =>
    principal.type === 'AWS' &&
    (principal.arn === id || (role.includes(':role/') && roleOfSession(principal.arn) === role));
}

function testOf(type: string, id: string): PrincipalTest {
  if (type === 'AWS') return awsTest(id);
  if (type !== 'Service') return () => false;
  const service = id.toLowerCase();
  return (principal) => principal.type === 'Service' && principal.arn.toLowerCase() === service;
}

/**
 * Compiles `Principal` or `NotPrincipal` ("AWS JSON policy elements: Principal"). An account's id or root ARN covers
 * all of the account's identities; a role's ARN covers its sessions; `*` covers everybody, services too. Federated
 * identities and canonical users never call these services, so they cover nobody.
 *
 * @throws InvalidPolicy for a form that AWS doesn't know
 */
export function compilePrincipal(value: PolicyValue, where: string): PrincipalTest {
  if (value === '*') return () => true;
  if (!isObject(value)) throw new InvalidPolicy(`${where}: Principal must be "*" or an object`);
  const tests = Object.entries(value).flatMap(([type, ids]) => {
    if (!TYPES.has(type)) throw new InvalidPolicy(`${where}: unknown principal type ${type}`);
    return stringList(ids, `${where}: Principal.${type}`).map((id) => testOf(type, id));
  });
  if (tests.length === 0) throw new InvalidPolicy(`${where}: Principal is empty`);
  return (principal) => tests.some((test) => test(principal));
}
