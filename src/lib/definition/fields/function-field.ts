import {
  ENVIRONMENT_NAME,
  environmentBytes,
  FUNCTION_NAME,
  isEndedRuntime,
  MAX_ENVIRONMENT_BYTES,
  MAX_FUNCTION_MEMORY_MB,
  MAX_FUNCTION_NAME_LENGTH,
  MAX_FUNCTION_TIMEOUT_SECONDS,
  MAX_RESERVED_CONCURRENCY,
  MIN_FUNCTION_MEMORY_MB,
  newestRuntimeLike,
  RESERVED_ENVIRONMENT_NAMES,
  RUNTIMES,
} from '../../rules/functions.ts';
import { nearest } from '../../rules/text/nearest.ts';
import type { FunctionDefinition } from '../definition.ts';
import { TABLE_ACCESSES } from '../topology.ts';
import { described, type Field, shownPath } from './field.ts';
import { mapping, named } from './mappings.ts';
import { duration, oneOf, refuse, text, wholeNumber } from './scalars.ts';
import { tags } from './tags-field.ts';

const runtime: Field<string> = {
  schema: { enum: RUNTIMES },
  read(value, path, report) {
    const found = RUNTIMES.find((each) => each === value);
    if (found !== undefined) return found;
    const written = typeof value === 'string' ? value : '';
    const instead = newestRuntimeLike(written) ?? nearest(written, RUNTIMES) ?? RUNTIMES[0];
    const words = isEndedRuntime(written)
      ? 'must be a runtime that AWS still creates functions with'
      : `must be one of ${RUNTIMES.join(', ')}`;
    return refuse(value, path, report, words, instead);
  },
};

const variables = named(text({ example: 'Payments' }), {
  example: '{ TABLE: Payments }',
  pattern: ENVIRONMENT_NAME,
  name: (name) => {
    const isReserved = RESERVED_ENVIRONMENT_NAMES.includes(name);
    if (!isReserved && ENVIRONMENT_NAME.test(name)) return undefined;
    const why = isReserved
      ? 'Lambda sets it itself'
      : 'names have two or more letters, digits and "_", and begin with a letter';
    return {
      what: `"${name}" can't be an environment variable of a function: ${why}`,
      hint: 'Write: environment: { TABLE: Payments }',
    };
  },
});

const environment: Field<Readonly<Record<string, string>>> = {
  schema: variables.schema,
  read(value, path, report) {
    const read = variables.read(value, path, report);
    const bytes = environmentBytes(read ?? {});
    if (bytes > MAX_ENVIRONMENT_BYTES) {
      report({
        path,
        what: `${shownPath(path)} has ${bytes} bytes; Lambda takes ${MAX_ENVIRONMENT_BYTES}`,
        hint: 'Leave some out, or put them into a file of the code.',
      });
    }
    return read;
  },
};

/** A function of a topology. */
export const functionField: Field<FunctionDefinition> = mapping(
  {
    name: described(
      'The exact name; the key unless given. The prefix comes before it.',
      text({
        pattern: FUNCTION_NAME,
        most: MAX_FUNCTION_NAME_LENGTH,
        words: `must be a name of letters, digits, "-" and "_", at most ${MAX_FUNCTION_NAME_LENGTH}`,
        example: 'acme-payment-processor',
      }),
    ),
    runtime: described('What runs it.', runtime),
    handler: described(
      'The file without its ending, and the function in it; index.handler unless given.',
      text({
        pattern: /^\S{1,128}$/,
        words: 'must be 1 to 128 characters without spaces',
        example: 'index.handler',
      }),
    ),
    code: described(
      'A folder or a zip file with its code, relative to this file.',
      text({ pattern: /\S/, example: 'lambda/' }),
    ),
    timeout: described(
      'How long one invocation may take; 3s unless given.',
      duration({ least: 1, most: MAX_FUNCTION_TIMEOUT_SECONDS, example: '5s' }),
    ),
    memory: described(
      'Memory in MB; 128 unless given.',
      wholeNumber({ least: MIN_FUNCTION_MEMORY_MB, most: MAX_FUNCTION_MEMORY_MB, example: 256 }),
    ),
    environment: described(
      'Environment variables; the key of one of its tables stands for the name of that.',
      environment,
    ),
    tables: described(
      'The tables that it uses, and what for: its role may do no more.',
      named(oneOf(TABLE_ACCESSES), { example: '{ Payments: write }' }),
    ),
    reservedConcurrency: described(
      'Invocations at once that are kept for it, and no more.',
      wholeNumber({ least: 0, most: MAX_RESERVED_CONCURRENCY, example: 20 }),
    ),
    role: described(
      'ARN of the role that it runs as on AWS; one of its own unless given.',
      text({
        pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
        words: 'must be the ARN of a role',
        example: 'arn:aws:iam::111122223333:role/payment-processor',
      }),
    ),
    tags: described('Tags of this function, besides those that say whose it is.', tags),
  },
  { example: '{ runtime: nodejs24.x, code: lambda/ }' },
);
