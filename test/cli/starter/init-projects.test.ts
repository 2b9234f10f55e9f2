import { describe, expect, it } from 'vitest';
import {
  make,
  OWN,
  passesItsTest,
  RUNNABLE,
  useProjects,
  worksAsItSays,
} from '../../fixtures/projects.ts';

useProjects();

describe.concurrent('a project of pubsub init', () => {
  it.each(RUNNABLE)('in %s passes its own test', (language) => passesItsTest(OWN, language));

  it('does what its next steps say', async () => {
    const { path, next, send } = await make('steps');
    const [, install, test, setup = '', run = ''] = next;
    expect([install, test]).toEqual(['npm install', 'npm test']);
    await worksAsItSays(path, setup, send, run);
  });
});
