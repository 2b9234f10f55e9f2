import { ServiceError } from '../../errors.ts';
import type { Identity } from '../../identity.ts';
import type { TableReply } from './table-process.ts';

/** A table's ARN where its name may stand: "You can also provide the Amazon Resource Name (ARN) of the table". */
const TABLE_ARN = /^arn:[\w-]+:dynamodb:([\w-]*):(\d*):table\/([A-Za-z0-9_.-]+)$/;

type Input = Readonly<Record<string, unknown>>;

/** An input with tables by their names, and the way back for its answer. */
export interface NamedInput {
  readonly input: Input;
  /** By name, the ARN that stood for it in a batch; its answer says it again. */
  readonly arns: ReadonlyMap<string, string>;
}

/**
 * Puts names where ARNs stand: the library knows tables by name alone.
 *
 * @throws ServiceError `AccessDeniedException` for a table of another account, `ResourceNotFoundException` for one of
 * another region
 */
export function byName(identity: Identity, operation: string, input: Input): NamedInput {
  const { TableName, RequestItems } = input;
  const nameOf = (text: string) => ownName(identity, operation, text);
  const arns = new Map<string, string>();
  const changed: Record<string, unknown> = { ...input };
  if (typeof TableName === 'string') changed.TableName = nameOf(TableName);
  if (typeof RequestItems === 'object' && RequestItems !== null) {
    const items = Object.entries(RequestItems).map(([text, value]) => {
      const name = nameOf(text);
      if (name !== text) arns.set(name, text);
      return [name, value];
    });
    changed.RequestItems = Object.fromEntries(items);
  }
  return { input: changed, arns };
}

function ownName({ account, region, principalArn }: Identity, operation: string, text: string) {
  const [, itsRegion, itsAccount, name] = TABLE_ARN.exec(text) ?? [];
  if (name === undefined) return text;
  if (itsAccount !== account) {
    const action = `dynamodb:${operation}`;
    throw new ServiceError(
      'AccessDeniedException',
      `User: ${principalArn} is not authorized to perform: ${action} on resource: ${text} because no resource-based policy allows the ${action} action`,
    );
  }
  if (itsRegion !== region) {
    throw new ServiceError('ResourceNotFoundException', `Requested resource not found: ${text}`);
  }
  return name;
}

/** Members of a batch's answer that name its tables. */
const BY_TABLE = ['Responses', 'UnprocessedKeys', 'UnprocessedItems'];

/** An answer that names tables as the call did. */
export function byArn(reply: TableReply, arns: NamedInput['arns']): TableReply {
  if (arns.size === 0 || reply.status !== 200) return reply;
  const answer = JSON.parse(reply.body.toString('utf8')) as Record<string, unknown>;
  for (const member of BY_TABLE) {
    const tables = answer[member];
    if (typeof tables !== 'object' || tables === null) continue;
    const named = Object.entries(tables).map(([name, value]) => [arns.get(name) ?? name, value]);
    answer[member] = Object.fromEntries(named);
  }
  return { ...reply, checksum: undefined, body: Buffer.from(JSON.stringify(answer)) };
}
