import type { Argument } from 'commander';
import type { NamesAtHand } from '../../lib/config/names-at-hand.ts';
import { profileNames } from '../../lib/config/profile-names.ts';
import { TARGET_NAMES } from '../../lib/config/target.ts';
import { starterTopologyNames } from '../../lib/config/topology.ts';
import { isRecord } from '../../lib/events/json-value.ts';
import { REGIONS } from '../../lib/rules/regions.ts';
import { LANGUAGES } from '../../lib/starter/starter.ts';
import { IAM_ROLES } from '../../lib/topology/iam/statement.ts';
import { COMPLETION_SHELLS } from '../../lib/ui/completion.ts';
import type { Io } from '../../lib/ui/io.ts';
import { fieldFlags } from '../publish/field-flags.ts';
import { nameOf, type TypedLine } from './typed-words.ts';

/** Words that can stand somewhere; `files` and `folders` leave it to the shell to offer those. */
export type Offer = readonly string[] | 'files' | 'folders';

/** What offers are made from. */
export interface AtHand {
  readonly io: Pick<Io, 'env' | 'cwd'>;
  /** Read when it is asked for. */
  names(): Promise<NamesAtHand>;
}

type Offering = (at: AtHand) => Offer | Promise<Offer>;

const topics: Offering = async ({ names }) => (await names()).topics;
const queues: Offering = async ({ names }) => (await names()).queues;
const subscribers: Offering = async ({ names }) => (await names()).subscribers;
const types: Offering = async ({ names }) => Object.keys((await names()).events);
const files: Offering = () => 'files';
const nothing: Offering = () => [];

/** By the flag or argument, of one command or of all; by what its usage calls the value, where nothing else is said. */
const OFFERINGS: Readonly<Record<string, Offering>> = {
  '--target': () => TARGET_NAMES,
  '--topology': async ({ names }) => (await names()).topologies,
  '--profile': ({ io }) => profileNames(io.env),
  '--region': () => REGIONS,
  '--pace': () => ['normal', 'fast'],
  '--scope': () => ['attributes', 'body'],
  '--exec-mode': () => ['stream', 'batch'],
  '--subscriber': subscribers,
  'init --from': () => starterTopologyNames(),
  'init --lang': () => LANGUAGES,
  'init --topic': nothing,
  'init --subscriber': nothing,
  'init --event-type': nothing,
  'init folder': () => 'folders',
  'use target': () => TARGET_NAMES,
  'ls name': async ({ names }) => [...(await names()).topics, ...(await names()).queues],
  'export form': () => ['cloudformation', 'mermaid', 'dot', 'asyncapi'],
  'wait --queue': queues,
  subscriber: subscribers,
  function: async ({ names }) => (await names()).functions,
  table: async ({ names }) => (await names()).tables,
  'event-type': types,
  topic: topics,
  queue: queues,
  role: () => [...IAM_ROLES, 'deploy'],
  shell: () => COMPLETION_SHELLS,
  file: files,
  path: files,
  command: files,
  'file|json': files,
  'json|file': files,
};

/** What can be the value of the flag that a line ends with. */
export async function valuesOfFlag(line: TypedLine, at: AtHand): Promise<Offer> {
  const { path, openFlag = '' } = line;
  const flag = nameOf(openFlag);
  if (typeof openFlag === 'string') return valuesOfField(line, flag, at);
  if (openFlag.argChoices !== undefined) return openFlag.argChoices;
  const [, value = ''] = /[<[]([^>\]]+?)(?:\.\.\.)?[>\]]$/.exec(openFlag.flags) ?? [];
  return find([`${path} ${flag}`, flag, value])(at);
}

/** What can be the argument that comes next. */
export async function valuesOfArgument(
  { path, args, command }: TypedLine,
  at: AtHand,
): Promise<Offer> {
  const declared: readonly Argument[] = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[args.length] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return [];
  if (argument.argChoices !== undefined) return argument.argChoices;
  const name = argument.name();
  const offer = await find([`${path} ${name}`, name])(at);
  if (name !== 'subscriber' || typeof offer === 'string') return offer;
  const names = path.startsWith('dlq') ? (await at.names()).withDeadLetters : offer;
  return /\ball\b/.test(argument.description) ? [...names, 'all'] : names;
}

/** Flags that name the fields of the event that is typed, or of any. */
export async function fieldFlagsOf({ args: [type] }: TypedLine, at: AtHand): Promise<string[]> {
  const { events } = await at.names();
  const specs = Object.entries(events).filter(([name]) => type === undefined || name === type);
  return [...new Set(specs.flatMap(([, spec]) => fieldFlags(spec)))];
}

/** The values of a field that its schema names one by one. */
async function valuesOfField(
  { args: [type] }: TypedLine,
  flag: string,
  at: AtHand,
): Promise<string[]> {
  const { events } = await at.names();
  const specs = Object.entries(events).filter(([name]) => type === undefined || name === type);
  const values = specs.flatMap(([, { schema }]) => {
    const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
    const [, field] =
      Object.entries(properties).find(
        ([name]) => flag === fieldFlags({ sample: { [name]: 0 } })[0],
      ) ?? [];
    if (!isRecord(field)) return [];
    if (field.type === 'boolean') return ['true', 'false'];
    return Array.isArray(field.enum) ? field.enum.map(String) : [];
  });
  return [...new Set(values)];
}

function find(names: readonly string[]): Offering {
  const found = names.find((name) => Object.hasOwn(OFFERINGS, name));
  return found === undefined ? nothing : (OFFERINGS[found] ?? nothing);
}
