import { stringify } from 'lossless-json';
import type { SubscriberSpec, Topology } from '../definition/topology.ts';
import { literal } from './literal.ts';
import type { SampleEvent } from './sample-events.ts';
import type { HandlerOf, Language, StarterFile, StarterSteps } from './starter.ts';
import { fillStarter, type TemplateValues } from './template.ts';

/** What the files of a language are made from. */
export interface LanguageRequest {
  readonly name: string;
  readonly topology: Topology;
  readonly samples: readonly SampleEvent[];
  readonly dependency: string;
  /** The command that goes on until Ctrl-C, without `pubsub`. */
  readonly run: string;
}

/** A language that a project can be in. */
export interface LanguageStarter {
  readonly handler: HandlerOf;
  readonly functions: FunctionLanguage;
  files(request: LanguageRequest): StarterFile[];
  readonly steps: Omit<StarterSteps, 'run'>;
  /** What handles events, in words. */
  readonly handlers: string;
  /** Its files, and what they are. */
  readonly table: readonly (readonly [string, string])[];
  /** Lines that `pubsub` writes or reads and nobody keeps. */
  readonly ignored: readonly string[];
}

/** What functions are in, in a project of a language. */
export interface FunctionLanguage {
  readonly runtime: string;
  /** Files of their code that are in it. */
  readonly code: RegExp;
  /** Its name, for people. */
  readonly name: string;
}

/** A subscriber that a function handles. */
interface ByFunction {
  readonly subscriber: string;
  /** The function's name. */
  readonly target: string;
}

/** The subscribers that functions handle. */
export function functionsOf({ subscribers, functions }: Topology): ByFunction[] {
  return subscribers.flatMap(({ name, handler }) => {
    if (handler === undefined || !('function' in handler)) return [];
    const target = functions.find(({ key }) => key === handler.function)?.name;
    return [{ subscriber: name, target: target ?? handler.function }];
  });
}

/** The subscribers whose events the project's own handlers take. */
export function handledHere(topology: Topology): SubscriberSpec[] {
  const byFunctions = new Set(functionsOf(topology).map(({ subscriber }) => subscriber));
  return topology.subscribers.filter(({ name }) => !byFunctions.has(name));
}

/** A file of a language, from its template. */
export function fileOf(language: Language, path: string, values: TemplateValues): StarterFile {
  return { path, text: fillStarter(`${language}/${path}`, values) };
}

/** What every language says of the samples, and of whom they reach. */
export function placesOf({ samples, topology }: LanguageRequest, language: Language) {
  // The library says the version by itself.
  const carried = ({ fields: { event_version: version, ...fields } }: SampleEvent) =>
    language === 'ts' || version === undefined ? fields : { event_version: version, ...fields };
  const byType = <T>(of: (sample: SampleEvent) => T) =>
    literal(Object.fromEntries(samples.map((sample) => [sample.type, of(sample)])), language);
  const [first] = samples;
  const functions = functionsOf(topology).map(({ subscriber }) => subscriber);
  const isTakenByFunction = (name: string): boolean => functions.includes(name);
  return {
    samples: byType(carried),
    reaches: byType(({ reaches }) => reaches.filter((name) => !isTakenByFunction(name))),
    taken: byType(({ reaches }) => reaches.filter(isTakenByFunction)),
    event: first?.type ?? '',
    json: stringify(first === undefined ? {} : carried(first)) ?? '',
  };
}

/** What the test of a language that goes by commands expects, as constants with their comments. */
export function expectedOf(request: LanguageRequest, language: 'python' | 'ruby'): string {
  const { topology } = request;
  const { reaches, taken } = placesOf(request, language);
  const end = language === 'ruby' ? '.freeze' : '';
  return [
    ...(handledHere(topology).length > 0
      ? [`# Who gets the sample of each type.\nREACHES = ${reaches}${end}`]
      : []),
    ...(functionsOf(topology).length > 0
      ? [`# Subscribers whose function takes the sample of each type.\nTAKEN = ${taken}${end}`]
      : []),
  ].join('\n\n');
}

/** Subscribers with the names of their handlers' functions, each another one. */
export function handlerNames(topology: Topology): [string, string][] {
  const taken = new Set<string>();
  return handledHere(topology).map(({ name }) => {
    let own = `on_${name.replaceAll('-', '_').toLowerCase()}`;
    while (taken.has(own)) own += '_';
    taken.add(own);
    return [name, own];
  });
}
