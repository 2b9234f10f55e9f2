import type { EventCatalogue } from '../../lib/events/event-maker.ts';
import { isRecord } from '../../lib/events/json-value.ts';
import type { EventRecipe } from '../../lib/events/outgoing-event.ts';
import { scalar } from '../../lib/events/template.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';

/** The words of `publish` that are no flags of its own. */
export interface FieldWords {
  /** The event type. */
  readonly type: string | undefined;
  /** Flags that name a field of the event, such as `--order-id 7`. */
  readonly fields: readonly { readonly flag: string; readonly value: string }[];
}

/**
 * Takes apart what is left beside the declared flags: the event type, and flags named after fields.
 * @throws AppError (exit 2) for a flag without a value, and for more than one type.
 */
export function readFieldWords(words: readonly string[]): FieldWords {
  const types: string[] = [];
  const fields: { flag: string; value: string }[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const match = /^(--[A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      if (word.startsWith('-') && word !== '-') throw usageError(`Unknown option '${word}'.`, HINT);
      types.push(word);
      continue;
    }
    const [, flag = '', inline] = match;
    const value = inline ?? words[++index];
    if (value === undefined || (inline === undefined && value.startsWith('--'))) {
      throw withoutValue(flag);
    }
    fields.push({ flag, value });
  }
  const [type, ...others] = types;
  if (others.length > 0) {
    throw usageError(`One event type at a time, not ${types.join(' and ')}.`, HINT);
  }
  return { type, fields };
}

/**
 * The fields that flags give an event: a flag is a field's name with dashes. Where the topology says which fields there
 * are, others are refused.
 * @param declared flags of the command itself, for "did you mean". @throws AppError (exit 2).
 */
export function fieldsOfFlags(
  { fields }: Pick<FieldWords, 'fields'>,
  events: EventCatalogue,
  type: string | undefined,
  declared: readonly string[],
): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  const recipes = type === undefined ? Object.values(events) : [events[type] ?? {}];
  const known = [...new Set(recipes.flatMap(fieldNames))];
  for (const { flag, value } of fields) {
    const name =
      known.length === 0
        ? flag.slice(2).replaceAll('-', '_')
        : known.find((each) => same(each, flag));
    if (name === undefined) throw unknownFlag(flag, [...known.map(flagOf), ...declared]);
    given[name] = recipes.some((recipe) => isText(recipe, name)) ? value : scalar(value);
  }
  return given;
}

/** A flag that is none of the command's, and has no value that would make it a field of the event. */
function withoutValue(flag: string) {
  if (PLANS.includes(flag)) {
    return usageError(
      `publish has no ${flag}.`,
      'Who would get an event, and who not: pubsub explain <event-type>',
    );
  }
  return usageError(
    `${flag} is no flag of publish, and as a field of the event it needs a value.`,
    `As a field: ${flag} VALUE. ${HINT}`,
  );
}

/** What other commands have for showing what would be done. */
const PLANS: readonly string[] = ['--dry-run', '--plan', '--check', '--exit-code'];

/** The flags that name the fields of an event type, such as `--order-id`. */
export function fieldFlags(recipe: EventRecipe): string[] {
  return fieldNames(recipe).map(flagOf);
}

const HINT = 'See the flags with: pubsub publish --help';

function unknownFlag(flag: string, known: readonly string[]) {
  const near = nearest(flag, known);
  return usageError(
    `Unknown option '${flag}'.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    HINT,
    'InvalidUsage',
  );
}

function fieldNames({ sample, schema }: EventRecipe): string[] {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  const names = [...Object.keys(isRecord(sample) ? sample : {}), ...Object.keys(properties)];
  return [...new Set(names)].filter((name) => name !== 'event_type');
}

/** Whether a field takes text and nothing else, also where that looks like a number. */
function isText({ schema }: EventRecipe, name: string): boolean {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  const property = properties[name];
  return isRecord(property) && property.type === 'string';
}

function flagOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replaceAll('_', '-');
  return `--${words.toLowerCase()}`;
}

function same(name: string, flag: string): boolean {
  return flagOf(name) === flag.toLowerCase() || `--${name}` === flag;
}
