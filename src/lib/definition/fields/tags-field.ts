import { MANAGED_TAG } from '../topology.ts';
import type { Field } from './field.ts';
import { named } from './mappings.ts';
import { text } from './scalars.ts';

/** Bounds of tags ("Tag restrictions", SNS Developer Guide), less what we put on every resource. */
const MAX_KEY = 128;
const MAX_VALUE = 256;
const MAX_TAGS = 46;
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const entries = named(
  text({
    pattern: CHARACTERS,
    most: MAX_VALUE,
    words: `must be text of at most ${MAX_VALUE} letters, digits, spaces and _.:/=+-@`,
    example: '"money"',
  }),
  { example: '{ team: money }', name: tagKeyProblem },
);

/** Tags of a resource. */
export const tags: Field<Readonly<Record<string, string>>> = {
  schema: { ...entries.schema, maxProperties: MAX_TAGS },
  read(value, path, report) {
    const read = entries.read(value, path, report);
    if (read && Object.keys(read).length > MAX_TAGS) {
      report({
        path,
        what: `${path.join('.')} has ${Object.keys(read).length} tags; AWS allows ${MAX_TAGS} besides ours`,
        hint: 'Leave some out.',
      });
    }
    return read;
  },
};

function tagKeyProblem(key: string): { what: string; hint: string } | undefined {
  const isOurs = key === MANAGED_TAG.key || key.startsWith('pubsub:');
  const reserved = /^aws:/i.test(key) || isOurs;
  if (key !== '' && key.length <= MAX_KEY && CHARACTERS.test(key) && !reserved) return undefined;
  const why = isOurs
    ? 'it says whose a resource is'
    : reserved
      ? 'AWS keeps "aws:" for itself'
      : `keys have 1 to ${MAX_KEY} letters, digits, spaces and _.:/=+-@`;
  return {
    what: `"${key}" can't be the key of a tag: ${why}`,
    hint: 'Write: tags: { team: money }',
  };
}
