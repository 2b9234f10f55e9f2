import type { Command } from 'commander';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import type { PublishAccount } from '../../lib/ui/publish.ts';
import { commandLine } from '../command-line.ts';
import type { PublishLedger } from './ledger.ts';
import type { PublishFlags, PublishRequest } from './request.ts';

type Names = readonly (readonly [keyof PublishFlags, string])[];

/** Flags that say where events come from. */
const SOURCE: Names = [
  ['data', '--data'],
  ['raw', '--raw'],
  ['count', '--count'],
  ['seed', '--seed'],
  ['file', '--file'],
  ['strict', '--strict'],
];
/** Flags that say how they are published. `--failed-to` is not repeated: it would empty the file. */
const SHARED: Names = [
  ['attribute', '--attribute'],
  ['group', '--group'],
  ['rate', '--rate'],
  ['retryFor', '--retry-for'],
];

/** What a run that ended early leaves. */
export function accountOf(
  command: Command,
  request: PublishRequest,
  ledger: PublishLedger,
): PublishAccount {
  const { file, only } = request;
  const unanswered = ledger.mayBeAccepted.and(only);
  return {
    unit: file === undefined ? 'event' : 'line',
    accepted: ledger.accepted.toString(),
    mayBeAccepted: unanswered.toString(),
    notAccepted: ledger.notAccepted(only).toString(),
    goOn: goOnCommands(command, request, ledger),
  };
}

/** The account in the document of `--json`. */
export function accountRecord(account: PublishAccount, { next }: PublishLedger): object {
  const { unit, ...rest } = account;
  return { ...rest, ...(next === undefined || unit === 'event' ? {} : { nextLine: next }) };
}

/** What publishes the rest as this run would have. From stdin it takes the same input again. */
function goOnCommands(
  command: Command,
  { only, failedTo }: PublishRequest,
  ledger: PublishLedger,
): string[] {
  const flags: PublishFlags = command.opts();
  // The event type, and flags that name fields.
  const own = command.args.map(shellWord);
  const { undone } = ledger;
  const left = ledger.rest(only);
  const again: string[] = [];
  if (failedTo === undefined) left.addAll(undone);
  else if (!undone.isEmpty) {
    again.push(['publish', ...words(flags, SHARED), `--file ${shellWord(failedTo)}`].join(' '));
  }
  if (!left.isEmpty) {
    const isOne = flags.count === undefined && flags.file === undefined;
    const only = isOne ? [] : [`--only ${left}`];
    again.push(
      ['publish', ...own, ...words(flags, SOURCE), ...words(flags, SHARED), ...only].join(' '),
    );
  }
  return again.map((line) => commandLine(command, line));
}

function words(flags: PublishFlags, names: Names): string[] {
  return names.flatMap(([key, flag]) => {
    const value = flags[key];
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    return [value].flat().map((each) => `${flag} ${shellWord(each)}`);
  });
}
