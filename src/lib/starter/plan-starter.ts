import { parse } from 'yaml';
import { SCHEMA_ADDRESS } from '../config/project-schema.ts';
import { topologyOf } from '../config/topology.ts';
import type { Topology } from '../definition/topology.ts';
import { shellWord } from '../rules/text/command-words.ts';
import { handledHere, type LanguageStarter } from './language.ts';
import { LANGUAGE_STARTERS } from './languages.ts';
import { ownTopology, ownTopologyText } from './own-topology.ts';
import { readme } from './readme.ts';
import { sampleEvents } from './sample-events.ts';
import { shippedFiles, shippedTopologyText } from './shipped-topology.ts';
import type { Starter, StarterFile, StarterRequest, StarterSteps } from './starter.ts';

/**
 * Makes up a project to begin with: topology, handlers, publisher, test and README. Writes nothing.
 * @throws AppError (exit 2) for a name that can't be.
 */
export async function planStarter(request: StarterRequest): Promise<Starter> {
  const { name, from, language, dependency } = request;
  const starter = LANGUAGE_STARTERS[language];
  const text =
    typeof from === 'string'
      ? shippedTopologyText(from, starter)
      : ownTopologyText(name, from, starter.handler);
  const topology =
    typeof from === 'string'
      ? await topologyOf({ topology: from, prefix: '', project: { path: '', written: {} } })
      : ownTopology(parse(text));
  const samples = sampleEvents(topology);
  const steps = stepsOf(starter, topology, request);
  const files: StarterFile[] = [
    { path: 'pubsub.yaml', text: `# yaml-language-server: $schema=${SCHEMA_ADDRESS}\n${text}` },
    ...(typeof from === 'string' ? shippedFiles(from, starter) : []),
    ...starter.files({ name, topology, samples, dependency, run: steps.run }),
    ...(starter.ignored.length > 0
      ? [{ path: '.gitignore', text: `${starter.ignored.join('\n')}\n` }]
      : []),
  ];
  const parts = { starter, steps, topology, samples, files };
  const told = { path: 'README.md', text: readme(request, parts) };
  return { topology: topology.name, files: [...files, told], steps };
}

/** The steps with the command called as it can be there. */
function stepsOf(
  { steps }: LanguageStarter,
  topology: Topology,
  { language, pubsub }: StarterRequest,
): StarterSteps {
  const [only, other] = topology.subscribers;
  const isRun = handledHere(topology).length > 0;
  const run = isRun ? 'run' : `listen ${only && !other ? only.name : 'all'}`;
  if (language === 'ts' || pubsub === 'pubsub') return { ...steps, run };
  const told = (line: string): string => `PUBSUB=${shellWord(pubsub)} ${line}`;
  const send =
    language === 'python' ? steps.send.replace('$(pubsub ', `$(${pubsub} `) : told(steps.send);
  return { ...steps, run, send, test: told(steps.test) };
}
