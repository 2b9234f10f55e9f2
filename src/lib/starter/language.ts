import { stringify } from 'lossless-json';
import { functionOf } from '../definition/find.ts';
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
  return subscribers.flatMap((spec) => {
    const target = functionOf(spec, functions);
    return target ? [{ subscriber: spec.name, target: target.name }] : [];
  });
}

/** The subscribers whose events the project's own handlers take. */
export function handledHere({ subscribers, functions }: Topology): SubscriberSpec[] {
  return subscribers.filter((spec) => functionOf(spec, functions) === undefined);
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

/** The languages whose subscribers are one program, and whose test goes by commands. */
const SCRIPTS = {
  python: { ending: 'py', frozen: '' },
  ruby: { ending: 'rb', frozen: '.freeze' },
} as const;

/** What the templates of such a language have in common: `expected` are constants with their comments. */
export function scriptPlacesOf(request: LanguageRequest, language: keyof typeof SCRIPTS) {
  const { topology } = request;
  const places = placesOf(request, language);
  const { ending, frozen } = SCRIPTS[language];
  const parts = [
    {
      name: 'handled',
      isThere: handledHere(topology).length > 0,
      constant: `# Who gets the sample of each type.\nREACHES = ${places.reaches}`,
    },
    {
      name: 'functions',
      isThere: functionsOf(topology).length > 0,
      constant: `# Subscribers whose function takes the sample of each type.\nTAKEN = ${places.taken}`,
    },
  ].filter(({ isThere }) => isThere);
  const tests = parts.map(({ name }) =>
    fillStarter(`${language}/parts/${name}.${ending}`, places).trimEnd(),
  );
  return {
    ...places,
    expected: parts.map(({ constant }) => constant + frozen).join('\n\n'),
    tests: tests.join('\n\n'),
  };
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
