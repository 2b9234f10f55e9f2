import { type Command, Option } from 'commander';
import type { DeadLetterFilter } from '../../lib/dead-letters/dead-letter.ts';
import { parseCondition } from '../../lib/events/where.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import { addResourceOptions, type ResourceFlags } from '../topology.ts';
import { readWholeNumber } from '../whole-number.ts';

/** Flags that choose dead letters. */
export interface FilterFlags extends ResourceFlags {
  readonly id?: readonly string[];
  readonly eventType?: string;
  readonly where?: readonly string[];
  readonly filter?: readonly string[];
  readonly text?: string;
  readonly olderThan?: string;
  readonly newerThan?: string;
  readonly max?: string;
}

/** Declares the flags that choose dead letters. @param max what `--max` bounds. */
export function addFilterFlags(command: Command, max: string): Command {
  return addResourceOptions(command)
    .option('--id <id>', 'by message or event id; may be repeated', collect)
    .option('--event-type <type>', 'by event type, such as payment.captured')
    .option('--where <expr>', "by field: 'amount>100'; may be repeated", collect)
    .addOption(new Option('--filter <expr>', 'the same as --where').argParser(collect).hideHelp())
    .option('--text <text>', 'by words in body or attributes')
    .option('--older-than <time>', 'sent longer ago than, such as 1h or 2d')
    .option('--newer-than <time>', 'sent more recently than, such as 30m')
    .option('--max <n>', max);
}

/** Reads the flags that choose dead letters. @throws AppError (exit 2). */
export function readFilter(flags: FilterFlags): DeadLetterFilter {
  const { id = [], eventType, where = [], filter = [], text, olderThan, newerThan } = flags;
  return {
    ids: id,
    eventType,
    where: [...where, ...filter].map(parseCondition),
    text,
    olderThan: olderThan === undefined ? undefined : parseDuration('--older-than', olderThan),
    newerThan: newerThan === undefined ? undefined : parseDuration('--newer-than', newerThan),
  };
}

/** Reads `--max`. @throws AppError (exit 2). */
export function readMax({ max }: FilterFlags): number | undefined {
  if (max === undefined) return undefined;
  return readWholeNumber('--max', max, [1], 'Such as --max 50');
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
