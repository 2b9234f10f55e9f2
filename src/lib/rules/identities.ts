import { usageError } from './errors.ts';

/** Who calls with an access key. */
export interface NamedIdentity {
  /** The key; undefined for every key that is not named and no account's number. */
  readonly accessKeyId: string | undefined;
  /** Twelve digits. */
  readonly account: string;
  /** As AWS shows it: a role's is that of a session (`arn:aws:sts::…:assumed-role/…`). */
  readonly arn: string;
  /** The user, role or account that IAM gives an id to; undefined for the account itself. */
  readonly idOf: { readonly kind: 'user' | 'role'; readonly arn: string } | undefined;
  /** What a role's session is called; undefined for others. */
  readonly session: string | undefined;
}

/** The session of a role that is named without one. */
const SESSION = 'pubsub';

const NAME = '[\\w+=,.@-]{1,64}';
const PATH = '(?:[\\x21-\\x7e]*/)?';
const ARN = new RegExp(
  `^arn:(aws[a-z-]*):(?:iam::(\\d{12}):(?:(root)|(user|role)/(${PATH}${NAME}))|sts::(\\d{12}):assumed-role/(${NAME})/(${NAME}))$`,
);
const KEY = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Reads a value of `--identity`: `ARN` or `ACCESS-KEY-ID=ARN`. The ARN is an IAM user's, a role's, an account's root, or
 * that of a role's session.
 *
 * @throws AppError `InvalidIdentity` (exit code 2)
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function parseIdentity(text: string): NamedIdentity {
  const [, key, arn = ''] = /^(?:([^=:]*)=)?(.*)$/s.exec(text) ?? [];
  if (key !== undefined && !KEY.test(key)) throw invalid(`${key} is not an access key id`);
  const [, partition, account, root, kind, path = '', sessionAccount, role = '', session] =
    ARN.exec(arn) ?? [];
  const common = { accessKeyId: key };
  if (account !== undefined && root !== undefined) {
    return { ...common, account, arn, idOf: undefined, session: undefined };
  }
  if (account !== undefined && kind === 'user') {
    return { ...common, account, arn, idOf: { kind, arn }, session: undefined };
  }
  if (account !== undefined && kind === 'role') {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const shown = `arn:${partition}:sts::${account}:assumed-role/${name}/${SESSION}`;
    return { ...common, account, arn: shown, idOf: { kind, arn }, session: SESSION };
  }
  if (sessionAccount !== undefined) {
    const roleArn = `arn:${partition}:iam::${sessionAccount}:role/${role}`;
    return {
      ...common,
      account: sessionAccount,
      arn,
      idOf: { kind: 'role', arn: roleArn },
      session,
    };
  }
  throw invalid(`${arn === '' ? 'An empty text' : arn} is not an ARN of an IAM user or role`);
}

function invalid(problem: string): Error {
  return usageError(
    `--identity: ${problem}.`,
    '--identity arn:aws:iam::123456789012:user/alice',
    'InvalidIdentity',
  );
}
