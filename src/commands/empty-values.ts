import type { Command } from 'commander';
import { usageError } from '../lib/rules/errors.ts';

/** May be empty: `--prefix ''` is not a prefix, whatever the settings say. */
const MAY_BE_EMPTY = '--prefix';

/** A flag's empty value is a variable of a script that isn't set. @throws AppError (exit 2) that names the flag. */
export function refuseEmptyValues(command: Command): void {
  for (let level: Command | null = command; level; level = level.parent) {
    for (const option of level.options) {
      const name = option.attributeName();
      if (option.long === MAY_BE_EMPTY || level.getOptionValueSource(name) !== 'cli') continue;
      const value: unknown = level.getOptionValue(name);
      if (value !== '' && !(Array.isArray(value) && value.includes(''))) continue;
      throw usageError(
        `${option.long} has an empty value.`,
        `Give it one, or leave ${option.long} out.`,
        'InvalidUsage',
      );
    }
  }
}

/** The same of an argument: `pubsub listen "$NAME"` without a NAME. @throws AppError (exit 2) that names the argument. */
export function refuseEmptyArguments(command: Command): void {
  const empty = command.registeredArguments.find((_, index) => {
    const value: unknown = command.processedArgs[index];
    return value === '' || (Array.isArray(value) && value.includes(''));
  });
  if (empty === undefined) return;
  throw usageError(
    `The argument ${empty.name()} is empty.`,
    empty.required ? 'Give it a value.' : 'Give it a value, or leave it out.',
    'InvalidUsage',
  );
}
