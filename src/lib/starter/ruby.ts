import { fileOf, handlerNames, type LanguageStarter, scriptPlacesOf } from './language.ts';

/** A project in Ruby; its functions are in JavaScript, since the local engine runs none in Ruby. */
export const ruby: LanguageStarter = {
  handler: () => ({ exec: 'ruby subscribers.rb', mode: 'stream' }),
  functions: {
    runtime: 'nodejs24.x',
    code: /\.mjs$/,
    name: 'JavaScript, since the local engine runs none in Ruby',
  },
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
  files(request) {
    const { topology } = request;
    const names = handlerNames(topology);
    const values = {
      ...scriptPlacesOf(request, 'ruby'),
      functions: names.map(([name, own]) => handlerText(name, own)).join('\n\n'),
      handlers: names.map(([name, own]) => `  '${name}' => method(:${own}),`).join('\n'),
    };
    const paths = ['publish.rb', 'test/fan_out_test.rb'];
    return [...paths, ...(names.length > 0 ? ['subscribers.rb'] : [])].map((path) =>
      fileOf('ruby', path, values),
    );
  },
};

function handlerText(subscriber: string, name: string): string {
  return [
    `def ${name}(event, facts)`,
    '  # Your work goes here. Raising fails the event: it comes again.',
    `  puts "${subscriber} got #{facts['eventType']} #{JSON.generate(event)}"`,
    'end',
  ].join('\n');
}
