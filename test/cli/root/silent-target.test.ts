import { describe, expect, it } from 'vitest';
import { startMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { interruptedAtSilence } from '../../fixtures/silent-target.ts';

const pubsub = usePubsub();

describe('the first Ctrl-C while the target takes requests and answers none', () => {
  const interrupted = (command: string) =>
    interruptedAtSilence((flags) => startMain([...command.split(' '), ...flags], pubsub.env));

  it.each([
    'whoami',
    'setup',
    'cleanup --yes',
    'publish order.created',
    'doctor',
    'status',
    'dlq show email',
    'bench',
    'ui --no-open',
  ])('ends %s, which changed nothing', async (command) => {
    expect(await interrupted(command)).toEqual({
      code: 130,
      stderr: expect.stringContaining('Interrupted; nothing was changed.'),
      requests: 1,
    });
  });

  it.each(['listen email', 'tap'])('stops %s in order', async (command) => {
    expect(await interrupted(command)).toEqual({
      code: 0,
      stderr: expect.stringContaining('Stopped before anything was received.'),
      requests: 1,
    });
  });
});
