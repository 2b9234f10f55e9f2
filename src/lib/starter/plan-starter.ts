import { parse } from 'yaml';
import { SCHEMA_ADDRESS } from '../config/project-schema.ts';
import { topologyOf } from '../config/topology.ts';
import type { Topology } from '../definition/topology.ts';
import { shellWord } from '../rules/text/command-words.ts';
import { LANGUAGE_STARTERS, type LanguageStarter } from './languages.ts';
import { ownTopology, ownTopologyText } from './own-topology.ts';
import { type SampleEvent, sampleEvents } from './sample-events.ts';
import { shippedFiles, shippedTopologyText } from './shipped-topology.ts';
import type { Starter, StarterFile, StarterRequest, StarterSteps } from './starter.ts';
import { fillStarter } from './template.ts';

/**
 * Makes up a project to begin with: topology, handlers, publisher, test and README. Writes nothing.
 * @throws AppError (exit 2) for a name that can't be.
 */
export async function planStarter(request: StarterRequest): Promise<Starter> {
  const { name, from, language, dependency } = request;
  const own = LANGUAGE_STARTERS[language];
  const text =
    typeof from === 'string'
      ? shippedTopologyText(from, own.handler)
      : ownTopologyText(name, from, own.handler);
  const topology =
    typeof from === 'string'
      ? await topologyOf({ topology: from, prefix: '', project: { path: '', written: {} } })
      : ownTopology(parse(text));
  const samples = sampleEvents(topology);
  const steps = stepsOf(own, request);
  const files: StarterFile[] = [
    { path: 'pubsub.yaml', text: `# yaml-language-server: $schema=${SCHEMA_ADDRESS}\n${text}` },
    ...(typeof from === 'string' ? shippedFiles(from) : []),
    ...own.files({ name, topology, samples, dependency }),
    ...(own.ignored.length > 0
      ? [{ path: '.gitignore', text: `${own.ignored.join('\n')}\n` }]
      : []),
    { path: 'README.md', text: readme(request, own, topology, samples) },
  ];
  return { topology: topology.name, files, steps };
}

/** The steps with the command called as it can be there. */
function stepsOf({ steps }: LanguageStarter, { language, pubsub }: StarterRequest): StarterSteps {
  if (language === 'ts' || pubsub === 'pubsub') return steps;
  const told = (line: string): string => `PUBSUB=${shellWord(pubsub)} ${line}`;
  const send =
    language === 'python' ? steps.send.replace('$(pubsub ', `$(${pubsub} `) : told(steps.send);
  return { ...steps, send, test: told(steps.test) };
}

/** It says `pubsub` however that was called: a project outlives the machine that it was made on. */
function readme(
  { name, language }: StarterRequest,
  { handlers, table, steps }: LanguageStarter,
  topology: Topology,
  samples: readonly SampleEvent[],
): string {
  const pubsub = language === 'ts' ? 'npx pubsub' : 'pubsub';
  const { topics, subscribers } = topology;
  const names = topics.map((topic) => `\`${topic.name}\``);
  const rows = subscribers.map(({ name: subscriber, subscriptions }) => {
    const filters = subscriptions.flatMap(({ filterPolicy }) => filterPolicy ?? []);
    const gets = filters.map((filter) => `what \`${filter.replaceAll('|', '\\|')}\` lets through`);
    return `| ${subscriber} | ${gets.join(', ') || 'every event'} |`;
  });
  return fillStarter('README.md', {
    name,
    pubsub,
    handlers,
    ...steps,
    install: steps.install.join('\n'),
    topics: `${names.length > 1 ? 'the topics' : 'the topic'} ${names.join(', ')}`,
    subscribers: rows.join('\n'),
    files: table.map(([file, what]) => `| ${file} | ${what} |`).join('\n'),
    event: samples[0]?.type ?? '',
    aws: `${pubsub} setup --target aws`,
  });
}
