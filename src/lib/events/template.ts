import { LosslessNumber } from 'lossless-json';
import { type AppError, usageError } from '../rules/errors.ts';
import { nearest } from '../rules/text/nearest.ts';
import { shownText } from '../rules/text/shown-text.ts';
import { isRecord } from './json-value.ts';
import { type Random, randomChoice, randomInteger, randomUuidFrom } from './random.ts';
import { createPerson, WORDS } from './sample-words.ts';

/** What templates are filled in from. */
export interface TemplateContext {
  readonly random: Random;
  /** The event's place among those that are made, from 1. */
  readonly count: number;
  /** What `now` is. */
  readonly now: Date;
  /** Values by path: `data.payment_id`, `event_type`; undefined where there is none. */
  readonly lookup: (path: string) => unknown;
}

type Filler = (context: TemplateContext, words: readonly string[]) => unknown;

/** One value in braces. */
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const DECIMAL_PLACES = 2;

/**
 * Fills in the templates of a value: `{{ uuid }}`, `{{ count }}`, `{{ now }}`, `{{ integer 1 5 }}`,
 * `{{ decimal 1 500 }}`, `{{ choice a b }}` (any of them), `{{ cycle a b }}` (in turn), `{{ name }}`, `{{ email }}`,
 * `{{ word }}`, `{{ data.x }}`. A text that is one template and nothing else becomes that value, a number for example;
 * within other text it becomes text.
 * @returns the value with exact numbers. @throws AppError `InvalidTemplate` (exit 2).
 */
export function fillTemplate(value: unknown, context: TemplateContext): unknown {
  const fillers = fillersOf(context);
  const fill = (each: unknown): unknown => {
    if (typeof each === 'string') return fillText(each, context, fillers);
    if (Array.isArray(each)) return each.map(fill);
    if (!isRecord(each)) return each;
    return Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, fill(inner)]));
  };
  return fill(value);
}

/** Whether a value is `{{ count }}` alone: a number that goes on with each event. */
export function isCounter(value: unknown): boolean {
  return typeof value === 'string' && /^\{\{\s*count\s*\}\}$/.test(value);
}

function fillText(
  text: string,
  context: TemplateContext,
  fillers: Readonly<Record<string, Filler>>,
): unknown {
  const only = /^\{\{\s*([^{}]*?)\s*\}\}$/.exec(text)?.[1];
  if (only !== undefined) return fillOne(only, context, fillers);
  return text.replace(PLACEHOLDER, (_, words: string) => {
    const value = fillOne(words, context, fillers);
    return value === undefined || value === null ? '' : String(value);
  });
}

function fillOne(
  template: string,
  context: TemplateContext,
  fillers: Readonly<Record<string, Filler>>,
): unknown {
  const [name = '', ...words] = (template.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
    word.replace(/^"(.*)"$/, '$1'),
  );
  if (/^(?:data\.|event_(?:id|type|version)$)/.test(name) && words.length === 0) {
    return context.lookup(name);
  }
  const filler = Object.hasOwn(fillers, name) ? fillers[name] : undefined;
  if (filler !== undefined) return filler(context, words);
  const near = nearest(name, Object.keys(fillers));
  throw invalid(
    template,
    near === undefined ? 'there is none of that name' : `did you mean "${near}"?`,
  );
}

function fillersOf({ random }: TemplateContext): Record<string, Filler> {
  let person: ReturnType<typeof createPerson> | undefined;
  // One person for an event: its name and its address belong together.
  const somebody = () => {
    person ??= createPerson(random);
    return person;
  };
  return {
    uuid: () => randomUuidFrom(random),
    count: ({ count }) => count,
    now: ({ now }) => now.toISOString(),
    integer: (_, words) => {
      const [least, most] = bounds('integer 1 5', words, /^-?\d{1,15}$/);
      return randomInteger(random, least, most);
    },
    decimal: (_, words) => {
      const [least, most] = bounds('decimal 1 500', words, /^-?\d{1,10}(?:\.\d{1,4})?$/);
      const scale = 10 ** DECIMAL_PLACES;
      const scaled = randomInteger(random, Math.ceil(least * scale), Math.floor(most * scale));
      return new LosslessNumber((scaled / scale).toFixed(DECIMAL_PLACES));
    },
    choice: (_, words) => scalar(randomChoice(random, someWords('choice a b', words))),
    cycle: ({ count }, words) => {
      const values = someWords('cycle a b', words);
      return scalar(values[(count - 1) % values.length] ?? values[0]);
    },
    name: () => somebody().name,
    email: () => somebody().email,
    word: () => randomChoice(random, WORDS),
  };
}

function bounds(example: string, words: readonly string[], shape: RegExp): [number, number] {
  const [least = '', most = ''] = words;
  const isPair = words.length === 2 && shape.test(least) && shape.test(most);
  if (!isPair || Number(least) > Number(most)) {
    throw invalid(words.join(' '), `it needs two numbers, such as {{ ${example} }}`);
  }
  return [Number(least), Number(most)];
}

function someWords(example: string, [first, ...rest]: readonly string[]): [string, ...string[]] {
  if (first === undefined) throw invalid('', `it needs values, such as {{ ${example} }}`);
  return [first, ...rest];
}

/** A word as JSON has it: numbers to the letter, true, false and null; anything else is text. */
export function scalar(word: string): unknown {
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'null') return null;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word)
    ? new LosslessNumber(word)
    : word;
}

function invalid(template: string, why: string): AppError {
  return usageError(
    `"{{ ${shownText(template)} }}" is not a template: ${why}.`,
    'Templates: uuid, count, now, integer, decimal, choice, cycle, name, email, word, data.<field>.',
    'InvalidTemplate',
  );
}
