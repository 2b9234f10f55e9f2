/** How a key of the place's account is written where a policy stands. @param resource `key/…` */
export type KeyArn<R> = (resource: string) => R;

/** A statement on customer keys. */
export interface KeyStatement<R> {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly (R | string)[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What a key is used for: to write, who sends needs a fresh data key, or the one that is in use. */
export const KEY_ACTIONS = {
  send: ['kms:Decrypt', 'kms:GenerateDataKey'],
  receive: ['kms:Decrypt'],
} as const;

/**
 * What using the keys of topics and queues takes besides ("Configuring AWS KMS permissions", SQS Developer Guide). A policy
 * can't name a key by its alias: a condition does. Keys of AWS's own (`alias/aws/sqs`) need no permission.
 *
 * @param keys as a topology names them; `false` and undefined are none.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function keyStatements<R>(
  keys: readonly (string | false | undefined)[],
  actions: readonly string[],
  keyArn: KeyArn<R>,
): KeyStatement<R>[] {
  const customers = [...new Set(keys)].flatMap((key) =>
    key && !/(?:^|:)alias\/aws\//.test(key) ? [key] : [],
  );
  const aliases = customers.filter(isAlias);
  const others = customers.filter((key) => !isAlias(key));
  const statements: KeyStatement<R>[] = [];
  if (others.length > 0) {
    const Resource = others.map((key) => (key.startsWith('arn:') ? key : keyArn(`key/${key}`)));
    statements.push({ Sid: 'Key', Effect: 'Allow', Action: actions, Resource });
  }
  if (aliases.length > 0) {
    const Resource = [...new Set(aliases.map(accountOf))].map((account) =>
      account === '' ? keyArn('key/*') : `${account}key/*`,
    );
    const names = aliases.map((key) => key.slice(key.indexOf('alias/')));
    const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': names } };
    statements.push({ Sid: 'KeyByAlias', Effect: 'Allow', Action: actions, Resource, Condition });
  }
  return statements;
}

function isAlias(key: string): boolean {
  return key.startsWith('alias/') || /^arn:[^/]*:alias\//.test(key);
}

/** What an alias' ARN begins with; empty for one of the place's own account. */
function accountOf(alias: string): string {
  return alias.slice(0, alias.indexOf('alias/'));
}
