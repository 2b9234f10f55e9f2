import type { EventCatalogue } from '../../lib/events/event-maker.ts';
import { type GivenFields, parseGivenFields } from '../../lib/events/given-fields.ts';
import { isRecord } from '../../lib/events/json-value.ts';
import type { CheckMessage } from '../../lib/events/message-reader.ts';
import { completeEvent, type EventRecipe, sampleFields } from '../../lib/events/outgoing-event.ts';
import { scalar } from '../../lib/events/template.ts';
import { input, select } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';

const FIRST = { count: 1, seed: 1 };

/**
 * Asks for an event: its type, then each field that a sample of it has and that wasn't given.
 * @throws AppError (exit 130) on Ctrl-C.
 */
export async function askForEvent(
  { io }: CommandContext,
  events: EventCatalogue,
  given: GivenFields,
  check: CheckMessage,
): Promise<{ readonly type: string; readonly given: Record<string, unknown> }> {
  const types = Object.keys(events);
  const type =
    types.length > 0
      ? await select(io, 'Event type', types)
      : await input(io, 'Event type', {
          check: (text) => text !== '' || 'Enter the type, such as order.created.',
        });
  const recipe = events[type] ?? {};
  const sample = sampleFields(recipe, given, FIRST);
  const answers: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(sample).filter(([field]) => !(field in given))) {
    answers[name] = await askForField(io, recipe, name, value, (text) =>
      problemOf(name, { ...sample, ...answers, [name]: scalar(text) }),
    );
  }
  if (!isRecord(recipe.sample)) {
    const data = await input(io, 'Data', { default: '{}', check: isObject });
    Object.assign(answers, parseGivenFields(data));
  }
  return { type, given: answers };

  /** What the schema says of one field; true where it says nothing of it. */
  function problemOf(name: string, fields: GivenFields): true | string {
    let found: string | undefined;
    completeEvent(type, recipe, fields, {
      place: FIRST,
      check: (message) => {
        found = check(message)
          ?.split('; ')
          .find((problem) => problem.startsWith(`${name} `));
        return undefined;
      },
    });
    return found === undefined ? true : `${found}.`;
  }
}

async function askForField(
  io: CommandContext['io'],
  recipe: EventRecipe,
  name: string,
  value: unknown,
  check: (text: string) => true | string,
): Promise<unknown> {
  const question = `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll('_', ' ');
  if (typeof value === 'object' && isRecord(value)) return value;
  const choices = choicesOf(recipe, name);
  const usual = String(value);
  if (choices.length > 0) {
    return scalar(await select(io, question, [...new Set([usual, ...choices])]));
  }
  return scalar(await input(io, question, { default: usual, check }));
}

function choicesOf({ schema }: EventRecipe, name: string): string[] {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  const property = properties[name];
  const values = isRecord(property) ? property.enum : undefined;
  return Array.isArray(values) ? values.map(String) : [];
}

function isObject(text: string): true | string {
  try {
    parseGivenFields(text);
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
