import {
  fileOf,
  functionsOf,
  handledHere,
  type LanguageRequest,
  type LanguageStarter,
  placesOf,
} from './language.ts';
import { literal, quoted } from './literal.ts';
import { schemaType } from './schema-type.ts';
import type { StarterFile } from './starter.ts';
import { fillStarter } from './template.ts';

/** Versions of what a TypeScript project needs: those that this package is tested with. */
export const VERSIONS = {
  'types-node': '^20.19.43',
  tsx: '^4.23.15',
  typescript: '^7.0.2',
  'client-dynamodb': '^3.1169.0',
} as const;

/** A project in TypeScript. */
export const ts: LanguageStarter = {
  handler: (subscriber) => ({ module: `handlers/${subscriber}.ts` }),
  functions: { runtime: 'nodejs24.x', code: /\.ts$/, name: 'TypeScript' },
  steps: { install: ['npm install'], send: 'npm run send', test: 'npm test' },
  handlers: 'the modules of `handlers/`',
  table: [
    ['`handlers/`', 'what each subscriber does'],
    ['`publisher.ts`, `send.ts`', 'publishing, in a program of yours and by hand'],
    ['`events.ts`', "the events' types, and a sample of each"],
    ['`test/`', 'who gets what'],
  ],
  ignored: ['node_modules/'],
  files(request) {
    const { topology, run } = request;
    const here = handledHere(topology);
    const tests = [
      ...(here.length > 0 ? ['test/fan-out.test.ts'] : []),
      ...(functionsOf(topology).length > 0 ? ['test/functions.test.ts'] : []),
    ];
    const values = { ...valuesOf(request, tests), run };
    const names = ['package.json', 'tsconfig.json', 'events.ts', 'publisher.ts', 'send.ts'];
    return [
      ...[...names, ...tests].map((path) => fileOf('ts', path, values)),
      ...here.map(
        ({ name: subscriber }): StarterFile => ({
          path: `handlers/${subscriber}.ts`,
          text: fillStarter('ts/handlers/handler.ts', { subscriber }),
        }),
      ),
    ];
  },
};

function valuesOf(request: LanguageRequest, tests: readonly string[]) {
  const { name, topology, samples, dependency } = request;
  const types = samples.map(
    ({ type }) => `  ${quoted(type, 'ts')}: ${schemaType(topology.events[type]?.schema)};`,
  );
  const folders = topology.functions.map(({ code }) => code.replace(/\/$/, ''));
  const functions = functionsOf(topology).map(({ subscriber }) => subscriber);
  const isTyped = handledHere(topology).length > 0;
  return {
    ...placesOf(request, 'ts'),
    ...VERSIONS,
    types: types.join('\n'),
    dependency,
    package: packageName(name),
    tests: tests.join(' '),
    tables:
      topology.tables.length > 0
        ? `    "@aws-sdk/client-dynamodb": "${VERSIONS['client-dynamodb']}",`
        : '',
    include: [...(isTyped ? ['handlers'] : []), ...folders].map((each) => `"${each}", `).join(''),
    skip:
      functions.length > 0
        ? `      if (${literal(functions, 'ts')}.includes(name)) continue; // A function takes them.`
        : '',
    received: isTyped ? fillStarter('ts/parts/received.ts', {}).trimEnd() : '',
  };
}

/** A folder's name as that of an npm package. */
function packageName(name: string): string {
  return name.toLowerCase().replace(/^[._]+/, '') || 'fan-out';
}
