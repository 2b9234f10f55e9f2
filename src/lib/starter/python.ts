import { fileOf, handlerNames, type LanguageStarter, scriptPlacesOf } from './language.ts';
import { literal, quoted } from './literal.ts';
import type { SampleEvent } from './sample-events.ts';

/** A project in Python. */
export const python: LanguageStarter = {
  handler: () => ({ exec: 'python3 subscribers.py', mode: 'stream' }),
  functions: { runtime: 'python3.13', code: /\.py$/, name: 'Python' },
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
  files(request) {
    const { topology, samples } = request;
    const names = handlerNames(topology);
    const values = {
      ...scriptPlacesOf(request, 'python'),
      topics: literal(
        Object.fromEntries(samples.map(({ type, topic }) => [type, topic])),
        'python',
      ),
      attributes: samples.flatMap(attributesOf).join('\n'),
      fifo: samples.some(({ isFifo }) => isFifo)
        ? '        # Events of a group keep their order.\n        MessageGroupId="events",\n        MessageDeduplicationId=event["event_id"],'
        : '',
      functions: names.map(([name, own]) => handlerText(name, own)).join('\n\n\n'),
      handlers: names.map(([name, own]) => `    "${name}": ${own},`).join('\n'),
    };
    const paths = ['requirements.txt', 'publish.py', 'test_fan_out.py'];
    return [...paths, ...(names.length > 0 ? ['subscribers.py'] : [])].map((path) =>
      fileOf('python', path, values),
    );
  },
};

function handlerText(subscriber: string, name: string): string {
  return [
    `def ${name}(event, facts):`,
    '    # Your work goes here. Raising fails the event: it comes again.',
    `    print(f"${subscriber} got {facts['eventType']} {json.dumps(event)}")`,
  ].join('\n');
}

function attributesOf({ type, attributes }: SampleEvent): string[] {
  if (attributes.length === 0) return [];
  return [
    `    if event["event_type"] == ${quoted(type, 'python')}:`,
    ...attributes.map(({ name, type: kind, value, field }) => {
      const text = field === undefined ? quoted(value, 'python') : `str(event["${field}"])`;
      return `        attributes["${name}"] = {"DataType": "${kind}", "StringValue": ${text}}`;
    }),
  ];
}
