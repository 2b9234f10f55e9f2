import {
  MAX_GLOBAL_INDEXES,
  MAX_KEY_ATTRIBUTE_LENGTH,
  MAX_TABLE_NAME_LENGTH,
  MIN_TABLE_NAME_LENGTH,
  TABLE_NAME,
} from '../../rules/tables.ts';
import type { TableDefinition } from '../definition.ts';
import type { KeyAttribute, TableKey } from '../topology.ts';
import { described, type Field, type Path, type Report, shownPath } from './field.ts';
import { isMapping, mapping, named } from './mappings.ts';
import { refuse, text } from './scalars.ts';
import { tags } from './tags-field.ts';

/** The name of a key attribute, with its type behind it where that is none of text. */
const KEY_ATTRIBUTE = /^([^:]+)(?::([SNB]))?$/;

const attribute: Field<KeyAttribute> = {
  schema: {
    type: 'string',
    pattern: KEY_ATTRIBUTE.source,
    maxLength: MAX_KEY_ATTRIBUTE_LENGTH + 2,
  },
  read(value, path, report) {
    const [, name = '', type = 'S'] =
      (typeof value === 'string' ? KEY_ATTRIBUTE.exec(value) : undefined) ?? [];
    if (name !== '' && Buffer.byteLength(name) <= MAX_KEY_ATTRIBUTE_LENGTH) {
      return { name, type: type as KeyAttribute['type'] };
    }
    return refuse(
      value,
      path,
      report,
      "must be an attribute's name, with :N behind a number's and :B behind that of bytes",
      'paymentId, or quantity:N',
    );
  },
};

const both = mapping({ hash: attribute, range: attribute }, { example: '{ hash: paymentId }' });

/** An attribute, or a mapping of `hash` and `range`. */
const key: Field<TableKey> = {
  schema: { anyOf: [attribute.schema, { ...both.schema, type: 'object', required: ['hash'] }] },
  read(value, path, report) {
    if (!isMapping(value)) {
      const hash = attribute.read(value, path, report);
      return hash && { hash };
    }
    const { hash, range } = both.read(value, path, report) ?? {};
    if (hash === undefined && !('hash' in value)) {
      report({
        path,
        what: `${shownPath(path)} has no hash, the attribute that items are parted by`,
        hint: 'Write: key: { hash: accountId, range: createdAt }',
      });
    }
    if (hash === undefined) return undefined;
    if (range?.name === hash.name) {
      report({
        path: [...path, 'range'],
        what: `${shownPath(path)} has the same attribute for hash and range`,
        hint: `Write: key: ${hash.name}`,
      });
    }
    return { hash, ...(range && { range }) };
  },
};

const tableName = text({
  pattern: new RegExp(TABLE_NAME.source.replace('+$', `{${MIN_TABLE_NAME_LENGTH},}$`)),
  most: MAX_TABLE_NAME_LENGTH,
  words: `must be a name of ${MIN_TABLE_NAME_LENGTH} to ${MAX_TABLE_NAME_LENGTH} letters, digits, "-", "_" and "."`,
  example: 'acme-payments',
});

const fields = mapping(
  {
    name: described('The exact name; the key unless given. The prefix comes before it.', tableName),
    key: described(
      'What an item is found by: an attribute, or { hash, range }. Text unless :N or :B is behind it.',
      key,
    ),
    ttl: described(
      'The attribute with the time in seconds from which on an item may be removed.',
      text({ pattern: /^.+$/, most: MAX_KEY_ATTRIBUTE_LENGTH, example: 'expiresAt' }),
    ),
    indexes: described(
      'Global secondary indexes with all attributes, by name.',
      named(key, { example: '{ byAccount: accountId }', name: indexNameProblem }),
    ),
    tags: described('Tags of this table, besides those that say whose it is.', tags),
  },
  { example: '{ key: paymentId }' },
);

function indexNameProblem(name: string): { what: string; hint: string } | undefined {
  const fits =
    TABLE_NAME.test(name) &&
    name.length >= MIN_TABLE_NAME_LENGTH &&
    name.length <= MAX_TABLE_NAME_LENGTH;
  return fits
    ? undefined
    : {
        what: `"${name}" can't be an index's name: 3 to 255 letters, digits, "-", "_" and "."`,
        hint: 'Write: indexes: { byAccount: accountId }',
      };
}

/** A table of a topology. */
export const tableField: Field<TableDefinition> = {
  schema: fields.schema,
  read(value, path, report) {
    const table = fields.read(value, path, report);
    if (table) checkTable(table, path, report);
    return table;
  },
};

/** What DynamoDB asks of a table as a whole (`CreateTable`). */
function checkTable({ key: own, indexes = {} }: TableDefinition, path: Path, report: Report): void {
  const where = shownPath(path);
  const count = Object.keys(indexes).length;
  if (count > MAX_GLOBAL_INDEXES) {
    report({
      path: [...path, 'indexes'],
      what: `${where} has ${count} indexes; DynamoDB allows ${MAX_GLOBAL_INDEXES}`,
      hint: 'Leave some out.',
    });
  }
  const types = new Map<string, string>();
  const of = ({ hash, range }: TableKey): KeyAttribute[] => (range ? [hash, range] : [hash]);
  for (const [name, each] of [
    ...(own ? [['key', own] as const] : []),
    ...Object.entries(indexes),
  ]) {
    for (const { name: attributeName, type } of of(each)) {
      const before = types.get(attributeName);
      if (before !== undefined && before !== type) {
        report({
          path: [...path, ...(name === 'key' ? ['key'] : ['indexes', name])],
          what: `${where} says that ${attributeName} is ${before} and ${type}; an attribute has one type`,
          hint: `Write the same everywhere, such as ${attributeName}:${before}`,
        });
      }
      types.set(attributeName, type);
    }
  }
}
