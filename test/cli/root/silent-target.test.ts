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

  it.each([
    ['setup', 130],
    ['status', 130],
    ['platform up', 130],
    ['tap', 0],
    ['listen email', 0],
  ])('ends %s where only who it is was answered: %d', async (command, code) => {
    const run = await interruptedAtSilence(
      (flags) => startMain([...command.split(' '), ...flags], pubsub.env),
      { identifies: true },
    );
    expect(run.code).toBe(code);
  });

  it('lets publish wait for what is sent, and says so', async () => {
    const run = await interruptedAtSilence(
      (flags) => {
        const running = startMain(['publish', 'order.created', ...flags], pubsub.env);
        // The second Ctrl-C ends it at once.
        const kill = () => {
          running.kill('SIGINT');
          running.kill('SIGINT');
        };
        return { ...running, kill };
      },
      { identifies: true },
    );
    expect(run.stderr).toContain('Stopping: waiting for the answer to what was sent.');
    expect(run.code).toBe(130);
  });

  it.each(['listen email', 'tap'])('stops %s in order', async (command) => {
    expect(await interrupted(command)).toEqual({
      code: 0,
      stderr: expect.stringContaining('Stopped before anything was received.'),
      requests: 1,
    });
  });
});
