import type { SubscriberSpec, Topology } from '../definition/topology.ts';
import { functionsOf, handledHere, type LanguageStarter } from './language.ts';
import type { SampleEvent } from './sample-events.ts';
import type { StarterFile, StarterRequest, StarterSteps } from './starter.ts';
import { fillStarter } from './template.ts';

/** What the README tells of. */
export interface ReadmeParts {
  readonly starter: LanguageStarter;
  readonly steps: StarterSteps;
  readonly topology: Topology;
  readonly samples: readonly SampleEvent[];
  readonly files: readonly StarterFile[];
}

/** The README. It says `pubsub` however that was called: a project outlives the machine that it was made on. */
export function readme(
  { name, language }: StarterRequest,
  { starter, steps, topology, samples, files }: ReadmeParts,
): string {
  const pubsub = language === 'ts' ? 'npx pubsub' : 'pubsub';
  const names = topology.topics.map((topic) => `\`${topic.name}\``);
  const functions = topology.functions.map((each) => `\`${each.name}\``);
  const code = topology.functions.map((each) => `\`${each.code}\``);
  const hasFunctions = functions.length > 0;
  return fillStarter('README.md', {
    name,
    pubsub,
    ...starter.steps,
    run: steps.run,
    install: starter.steps.install.join('\n'),
    topics: `${names.length > 1 ? 'the topics' : 'the topic'} ${names.join(', ')}`,
    subscribers: topology.subscribers.map((each) => row(topology, starter, each)).join('\n'),
    made: hasFunctions ? ', subscriptions, tables and functions' : ' and subscriptions',
    handling: handlingWords(topology, starter, steps),
    look: hasFunctions
      ? fillStarter('parts/look.md', { pubsub, ...lookAt(topology) }).trimEnd()
      : '',
    got: hasFunctions ? 'who got and handled it' : 'who got it',
    files: [...functionRows(topology, starter), ...fileRows(starter, files)].join('\n'),
    changed: ['`pubsub.yaml`', ...code].join(' or '),
    event: samples[0]?.type ?? '',
    aws: `${pubsub} setup --target aws`,
    template: hasFunctions ? fillStarter('parts/template.md', { pubsub }).trimEnd() : '',
  });
}

function row(topology: Topology, { handlers }: LanguageStarter, spec: SubscriberSpec): string {
  const { name, subscriptions } = spec;
  const filters = subscriptions.flatMap(({ filterPolicy }) => filterPolicy ?? []);
  const gets = filters.map((filter) => `what \`${filter.replaceAll('|', '\\|')}\` lets through`);
  const by = functionsOf(topology).find(({ subscriber }) => subscriber === name);
  const handler = by === undefined ? handlers : `the function \`${by.target}\``;
  return `| ${name} | ${gets.join(', ') || 'every event'} | ${handler} |`;
}

/** What the command does that goes on until Ctrl-C. */
function handlingWords(
  topology: Topology,
  { handlers }: LanguageStarter,
  { run }: StarterSteps,
): string {
  const names = [...new Set(functionsOf(topology).map(({ target }) => `\`${target}\``))];
  const which = `${names.length > 1 ? 'the functions' : 'the function'} ${names.join(', ')}`;
  if (handledHere(topology).length === 0) {
    return `\`${run}\` shows what becomes of each message: ${which} ${names.length > 1 ? 'take' : 'takes'} it from the queue, with no process of yours`;
  }
  const rest = names.length > 0 ? `, beside ${which}` : '';
  return `\`${run}\` handles what arrives, with ${handlers}${rest}`;
}

/** Names that commands of the README need: where there is one function or table, that is meant. */
function lookAt(topology: Topology) {
  const { functions, tables } = topology;
  const [first, second] = functions;
  const [table, otherTable] = tables;
  const [taken] = functionsOf(topology);
  const spec = topology.subscribers.find(({ name }) => name === taken?.subscriber);
  return {
    logs: first && second ? ` ${first.key}` : '',
    scan: table && otherTable ? ` ${table.key}` : '',
    subscriber: taken?.subscriber ?? 'all',
    receives: `${spec?.maxReceiveCount} times in all, ${spec?.visibilityTimeout} s apart`,
  };
}

function functionRows({ functions }: Topology, starter: LanguageStarter): string[] {
  return functions.map(
    ({ name, code }) => `| \`${code}\` | the function \`${name}\`, in ${starter.functions.name} |`,
  );
}

/** The rows of files that the project has. */
function fileRows({ table }: LanguageStarter, files: readonly StarterFile[]): string[] {
  return table.flatMap(([names, what]) => {
    const [, first = ''] = /`([^`]+)`/.exec(names) ?? [];
    return files.some(({ path }) => path.startsWith(first)) ? [`| ${names} | ${what} |`] : [];
  });
}
