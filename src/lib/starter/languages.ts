import { stringify } from 'lossless-json';
import type { Topology } from '../definition/topology.ts';
import { literal, quoted } from './literal.ts';
import type { SampleEvent } from './sample-events.ts';
import { schemaType } from './schema-type.ts';
import type { HandlerOf, Language, StarterFile, StarterSteps } from './starter.ts';
import { fillStarter } from './template.ts';

/** What the files of a language are made from. */
export interface LanguageRequest {
  readonly name: string;
  readonly topology: Topology;
  readonly samples: readonly SampleEvent[];
  readonly dependency: string;
}

/** A language that a project can be in. */
export interface LanguageStarter {
  readonly handler: HandlerOf;
  files(request: LanguageRequest): StarterFile[];
  readonly steps: StarterSteps;
  /** What handles events, in words. */
  readonly handlers: string;
  /** Its files, and what they are. */
  readonly table: readonly (readonly [string, string])[];
  /** Lines that `pubsub` writes or reads and nobody keeps. */
  readonly ignored: readonly string[];
}

/** Versions of what a TypeScript project needs: those that this package is tested with. */
export const VERSIONS = {
  'types-node': '^20.19.43',
  tsx: '^4.23.15',
  typescript: '^7.0.2',
} as const;

const ts: LanguageStarter = {
  handler: (subscriber) => ({ module: `handlers/${subscriber}.ts` }),
  steps: { install: ['npm install'], send: 'npm run send', test: 'npm test' },
  handlers: 'the modules of `handlers/`',
  table: [
    ['`handlers/`', 'what each subscriber does'],
    ['`publisher.ts`, `send.ts`', 'publishing, in a program of yours and by hand'],
    ['`events.ts`', "the events' types, and a sample of each"],
    ['`test/fan-out.test.ts`', 'who gets what'],
  ],
  ignored: ['node_modules/'],
  files({ name, topology, samples, dependency }) {
    const types = samples.map(
      ({ type }) => `  ${quoted(type, 'ts')}: ${schemaType(topology.events[type]?.schema)};`,
    );
    const values = {
      ...placesOf(samples, 'ts'),
      ...VERSIONS,
      types: types.join('\n'),
      dependency,
      package: packageName(name),
    };
    const names = ['package.json', 'tsconfig.json', 'events.ts', 'publisher.ts', 'send.ts'];
    return [
      ...[...names, 'test/fan-out.test.ts'].map((path) => fileOf('ts', path, values)),
      ...topology.subscribers.map(({ name: subscriber }) => ({
        path: `handlers/${subscriber}.ts`,
        text: fillStarter('ts/handlers/handler.ts', { subscriber }),
      })),
    ];
  },
};

const python: LanguageStarter = {
  handler: () => ({ exec: 'python3 subscribers.py', mode: 'stream' }),
  steps: {
    install: ['python3 -m venv .venv && . .venv/bin/activate', 'pip install -r requirements.txt'],
    send: 'eval "$(pubsub local env)" && python3 publish.py',
    test: 'python3 -m unittest',
  },
  handlers: '`subscribers.py`',
  table: [
    ['`subscribers.py`', 'what each subscriber does'],
    ['`publish.py`', 'publishing, in a program of yours and by hand'],
    ['`test_fan_out.py`', 'who gets what'],
  ],
  ignored: ['.venv/', '__pycache__/'],
  files({ topology, samples }) {
    const functions = functionNames(topology);
    const values = {
      ...placesOf(samples, 'python'),
      topics: literal(
        Object.fromEntries(samples.map(({ type, topic }) => [type, topic])),
        'python',
      ),
      attributes: samples.flatMap(pythonAttributes).join('\n'),
      fifo: samples.some(({ isFifo }) => isFifo)
        ? '        # Events of a group keep their order.\n        MessageGroupId="events",\n        MessageDeduplicationId=event["event_id"],'
        : '',
      functions: functions.map(([name, own]) => pythonFunction(name, own)).join('\n\n\n'),
      handlers: functions.map(([name, own]) => `    "${name}": ${own},`).join('\n'),
    };
    return ['requirements.txt', 'publish.py', 'subscribers.py', 'test_fan_out.py'].map((path) =>
      fileOf('python', path, values),
    );
  },
};

const ruby: LanguageStarter = {
  handler: () => ({ exec: 'ruby subscribers.rb', mode: 'stream' }),
  steps: {
    install: [],
    send: 'ruby publish.rb',
    test: 'ruby test/fan_out_test.rb',
  },
  handlers: '`subscribers.rb`',
  table: [
    ['`subscribers.rb`', 'what each subscriber does'],
    ['`publish.rb`', 'publishing, in a program of yours and by hand'],
    ['`test/fan_out_test.rb`', 'who gets what'],
  ],
  ignored: [],
  files({ topology, samples }) {
    const functions = functionNames(topology);
    const values = {
      ...placesOf(samples, 'ruby'),
      functions: functions.map(([name, own]) => rubyFunction(name, own)).join('\n\n'),
      handlers: functions.map(([name, own]) => `  '${name}' => method(:${own}),`).join('\n'),
    };
    return ['publish.rb', 'subscribers.rb', 'test/fan_out_test.rb'].map((path) =>
      fileOf('ruby', path, values),
    );
  },
};

/** The languages, by name. */
export const LANGUAGE_STARTERS: Readonly<Record<Language, LanguageStarter>> = { ts, python, ruby };

function fileOf(language: Language, path: string, values: Readonly<Record<string, string>>) {
  return { path, text: fillStarter(`${language}/${path}`, values) };
}

/** What every language says of the samples. */
function placesOf(samples: readonly SampleEvent[], language: Language) {
  // The library says the version by itself.
  const carried = ({ fields: { event_version: version, ...fields } }: SampleEvent) =>
    language === 'ts' || version === undefined ? fields : { event_version: version, ...fields };
  const byType = <T>(of: (sample: SampleEvent) => T) =>
    literal(Object.fromEntries(samples.map((sample) => [sample.type, of(sample)])), language);
  const [first] = samples;
  return {
    samples: byType(carried),
    reaches: byType(({ reaches }) => reaches),
    event: first?.type ?? '',
    json: stringify(first === undefined ? {} : carried(first)) ?? '',
  };
}

/** Subscribers with the names of their functions, each another one. */
function functionNames({ subscribers }: Topology): [string, string][] {
  const taken = new Set<string>();
  return subscribers.map(({ name }) => {
    let own = `on_${name.replaceAll('-', '_').toLowerCase()}`;
    while (taken.has(own)) own += '_';
    taken.add(own);
    return [name, own];
  });
}

function pythonFunction(subscriber: string, name: string): string {
  return [
    `def ${name}(event, facts):`,
    '    # Your work goes here. Raising fails the event: it comes again.',
    `    print(f"${subscriber} got {facts['eventType']} {json.dumps(event)}")`,
  ].join('\n');
}

function rubyFunction(subscriber: string, name: string): string {
  return [
    `def ${name}(event, facts)`,
    '  # Your work goes here. Raising fails the event: it comes again.',
    `  puts "${subscriber} got #{facts['eventType']} #{JSON.generate(event)}"`,
    'end',
  ].join('\n');
}

function pythonAttributes({ type, attributes }: SampleEvent): string[] {
  if (attributes.length === 0) return [];
  return [
    `    if event["event_type"] == ${quoted(type, 'python')}:`,
    ...attributes.map(({ name, type: kind, value, field }) => {
      const text = field === undefined ? quoted(value, 'python') : `str(event["${field}"])`;
      return `        attributes["${name}"] = {"DataType": "${kind}", "StringValue": ${text}}`;
    }),
  ];
}

/** A folder's name as that of an npm package. */
function packageName(name: string): string {
  return name.toLowerCase().replace(/^[._]+/, '') || 'fan-out';
}
