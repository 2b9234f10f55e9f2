import { dirname, resolve, sep } from 'node:path';
import { shippedTopologies } from '../../lib/config/shipped-topologies.ts';
import { shippedTopologyNames, starterTopologyNames } from '../../lib/config/topology.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import {
  LANGUAGES,
  type Language,
  type OwnTopology,
  type StarterRequest,
} from '../../lib/starter/starter.ts';
import { input, select } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';
import { pubsubCommand } from '../command-line.ts';

declare const PUBSUB_VERSION: string;

/** Flags of `pubsub init`. */
export interface InitFlags {
  readonly from?: string;
  readonly lang?: string;
  readonly topic?: string;
  readonly subscriber?: readonly string[];
  readonly eventType?: readonly string[];
  readonly keep?: boolean;
}

/** Other names that people give the languages. */
const ALSO: Readonly<Record<string, Language>> = { typescript: 'ts', py: 'python', rb: 'ruby' };
const OWN = 'one of your own';

/** What is to be made, and where. */
export interface InitRequest {
  readonly folder: string;
  readonly request: StarterRequest;
}

/**
 * Settles what the flags leave open: asks on a terminal, takes the defaults elsewhere and with `--yes`.
 * @throws AppError (exit 2) for a language, topology or folder that can't be; (exit 130) on Ctrl-C.
 */
export async function readInitRequest(
  context: CommandContext,
  given: string | undefined,
  flags: InitFlags,
): Promise<InitRequest> {
  const { io, printer, yes } = context;
  const from = flags.from === undefined ? undefined : shippedNamed(flags.from);
  const language = flags.lang === undefined ? undefined : languageNamed(flags.lang);
  const { topic, subscriber: subscribers = [], eventType: eventTypes = [] } = flags;
  const isOwn = topic !== undefined || subscribers.length > 0 || eventTypes.length > 0;
  if (isOwn && from !== undefined) {
    const flag =
      topic !== undefined ? '--topic' : subscribers.length > 0 ? '--subscriber' : '--event-type';
    throw usageError(
      `${flag} needs a topology of your own, not with --from ${from}.`,
      'Leave one of them out.',
    );
  }
  const asks = printer.interactive && !yes;
  const path = given ?? (asks ? await ask(context, 'Folder', '.') : '.');
  const folder = folderAt(io.cwd, path);
  const { nameOfFolder } = await import('../../lib/config/topology-file.ts');
  const name = nameOfFolder(folder);
  const begin = from ?? (asks && !isOwn ? await askFrom(context) : undefined);
  const chosen = language ?? (asks ? await askLanguage(context) : LANGUAGES[0]);
  const own = async (): Promise<OwnTopology> => ({
    topic: topic ?? (asks ? await ask(context, 'Topic', topicOf(name)) : topicOf(name)),
    subscribers,
    eventTypes,
  });
  return {
    folder,
    request: {
      name,
      from: begin ?? (await own()),
      language: chosen,
      pubsub: chosen === 'ts' ? 'npx pubsub' : calledElsewhere(io),
      dependency: dependency(),
    },
  };
}

/** How this program is called in another folder. */
function calledElsewhere(io: CommandContext['io']): string {
  const call = pubsubCommand(io);
  return call.startsWith('node ') ? `node ${shellWord(resolve(process.argv[1] ?? ''))}` : call;
}

/** A topic's name after the project's. */
function topicOf(name: string): string {
  return /events?$/i.test(name) ? name : `${name}-events`;
}

function folderAt(cwd: string, path: string): string {
  if (path !== '' && !/\p{Cc}/u.test(path)) return resolve(cwd, path);
  throw usageError(
    'That is not a name for a folder.',
    'Such as: pubsub init shop',
    'InvalidFolder',
  );
}

function languageNamed(word: string): Language {
  const known = LANGUAGES.find((name) => name === word.toLowerCase()) ?? ALSO[word.toLowerCase()];
  if (known !== undefined) return known;
  const near = nearest(word, [...LANGUAGES, ...Object.keys(ALSO)]);
  throw usageError(
    `There is nothing to begin with in "${word}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Languages: ${LANGUAGES.join(', ')}. Programs in others: --lang python, then change handler in pubsub.yaml.`,
    'UnknownLanguage',
  );
}

function shippedNamed(word: string): string {
  const names = starterTopologyNames();
  if (names.includes(word)) return word;
  if (shippedTopologyNames().includes(word)) {
    throw usageError(
      `The topology "${word}" is that of services which come with pubsub: no project begins with it.`,
      `Start them with: pubsub platform up. A project can begin with ${names.join(', ')}.`,
      'UnknownTopology',
    );
  }
  const near = nearest(word, names);
  throw usageError(
    `No topology "${word}" comes with pubsub.${near ? ` Did you mean "${near}"?` : ''}`,
    `There are: ${names.join(', ')}. Without --from it is one of your own.`,
    'UnknownTopology',
  );
}

function ask({ io }: CommandContext, question: string, preset: string): Promise<string> {
  return input(io, question, {
    default: preset,
    check: (answer) => answer !== '' || 'Enter a name.',
  });
}

async function askFrom({ io }: CommandContext): Promise<string | undefined> {
  const names = [OWN, ...starterTopologyNames()];
  const answer = await select(io, 'Begin with which topology?', names);
  return answer === OWN ? undefined : answer;
}

async function askLanguage({ io }: CommandContext): Promise<Language> {
  return languageNamed(await select(io, 'Handlers, publisher and test in', LANGUAGES));
}

/** This package as a project depends on it: its version where it was installed, otherwise the place of its sources. */
function dependency(): string {
  const root = dirname(shippedTopologies());
  return root.includes(`${sep}node_modules${sep}`) ? `^${PUBSUB_VERSION}` : `file:${root}`;
}
