import { describe, expect, it } from 'vitest';
import { make, OWN, passesItsTest, RUNNABLE, shell, useProjects } from '../../fixtures/projects.ts';

useProjects();

describe.concurrent('a project of pubsub init', () => {
  it.each(RUNNABLE)('in %s passes its own test', (language) => passesItsTest(OWN, language));

  it('does what its next steps say', async () => {
    const { path, next, send } = await make('steps');
    const [, install, test, setup, run] = next;
    expect([install, test]).toEqual(['npm install', 'npm test']);
    await shell('pubsub local start --ephemeral --port 0', path);
    try {
      const printed = await shell(`${setup} && ${send} && ${run} --idle-timeout 3`, path);
      expect(printed).toMatch(/worker got item\.created .*fjord/);
      expect(printed).toMatch(/audit got item\.removed/);
      expect(printed).not.toMatch(/audit got item\.created/);
    } finally {
      await shell('pubsub local stop', path);
    }
  });
});
