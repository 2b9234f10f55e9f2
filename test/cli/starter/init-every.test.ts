import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { starterTopologyNames } from '../../../src/lib/config/topology.ts';
import {
  functionsWorkAsTheySay,
  make,
  passesItsTest,
  RUNNABLE,
  shell,
  useProjects,
  worksAsItSays,
} from '../../fixtures/projects.ts';

// The built binary is in init-projects.test.ts.
useProjects({ inProcess: true });

/** Where the handler of order-notifications lies. */
const CODE = { ts: 'lambda/index.ts', python: 'lambda/index.py', ruby: 'lambda/index.mjs' };

const projects = RUNNABLE.flatMap((language) =>
  starterTopologyNames().map((from) => [from, language] as const),
);

describe.concurrent('every project of pubsub init', () => {
  it.each(projects)('from %s in %s passes its own test', passesItsTest);

  it.each(RUNNABLE)(
    'in %s does what its README says, which is what its next steps say',
    async (language) => {
      const { path, next, send } = await make(`steps-${language}`, '--lang', language);
      const readme = readFileSync(join(path, 'README.md'), 'utf8');
      for (const line of [...next.slice(1), send]) expect(readme).toContain(line);
      const [setup = '', run = ''] = next.slice(-2);
      await worksAsItSays(path, setup, send, run);
    },
  );

  it.each(RUNNABLE)('with a function runs, changes and runs again in %s', async (language) => {
    const flags = ['--from', 'order-notifications', '--lang', language];
    await functionsWorkAsTheySay(await make(`function-${language}`, ...flags), CODE[language]);
  });

  it.each(RUNNABLE)('in %s works on a FIFO topic, with names that need care', async (language) => {
    const names = ['--topic', 'ledger.fifo', '--subscriber', 'from', '--subscriber', 'a-b'];
    const type = ['--event-type', "it's#{1}.done"];
    const { path, next } = await make(`fifo-${language}`, '--lang', language, ...names, ...type);
    await shell(next.find((line) => /test/.test(line)) ?? '', path);
  });
});
