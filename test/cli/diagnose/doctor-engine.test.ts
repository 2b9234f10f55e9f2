import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { engineFinding } from '../../../src/lib/diagnose/doctor/checks/engine.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { subscriber, urlOf } from '../../fixtures/topology.ts';
import { findings, onlyFinding, type Patient, useWard } from './doctor.ts';

async function publish(patient: Patient, env: Readonly<Record<string, string>>) {
  const argv = ['publish', 'order.created', '--count', '3', '--yes', ...patient.flags];
  return runMain(argv, env, { cwd: patient.cwd });
}

async function shutOut({ place }: Patient): Promise<string> {
  const { queue } = subscriber(place);
  const QueueUrl = await urlOf(place, queue);
  const Attributes = { Policy: '' };
  await place.aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  return queue;
}

describe('a consumer that refuses every message', () => {
  const ward = useWard(useEndpoint());

  it('is a finding, with the reason', async () => {
    const patient = await ward.admit();
    const flags = patient.flags.join(' ');
    const why = 'echo no mail server for $PUBSUB_MESSAGE_ID >&2; exit 1';
    ward.start(`pubsub listen email ${flags} --retry-delay 600 --shell --exec '${why}'`);
    for (const name of ['inventory', 'analytics']) ward.start(`pubsub listen ${name} ${flags}`);
    await publish(patient, ward.env);
    await expect
      .poll(async () => findings(await patient.examine()), { timeout: 60_000 })
      .toEqual([
        expect.objectContaining({
          id: 'consumers',
          evidence: expect.stringContaining('3 messages in a row failed'),
        }),
      ]);
    const found = onlyFinding(await patient.examine(), {
      id: 'consumers',
      subject: 'email',
      verdict: 'warn',
    });
    expect(found.evidence).toContain('3 messages in a row failed');
    expect(found.evidence).toContain('no mail server');
  });
});

describe('a queue policy that keeps the topic out', () => {
  const ward = useWard(useEndpoint());

  it('is named by the publish that it stops, with the cure, and by no publish after that', async () => {
    const patient = await ward.admit();
    const queue = await shutOut(patient);
    const { stderr } = await publish(patient, ward.env);
    const line = stderr.split('\n').filter((each) => each.startsWith('!'));
    expect(line).toEqual([
      expect.stringMatching(
        new RegExp(
          `^! Not delivered to ${queue}: .* has no policy .*Fix it with: pubsub doctor --fix`,
        ),
      ),
    ]);
    await runMain(['doctor', '--fix', '--yes', ...patient.flags], ward.env, { cwd: patient.cwd });
    expect((await publish(patient, ward.env)).stderr).not.toContain('Not delivered');
  });
});

describe('an engine that delivers what policies refuse', () => {
  const ward = useWard(useEndpoint({ policies: 'warn' }));

  it('says so to the publisher and to doctor', async () => {
    const patient = await ward.admit();
    const queue = await shutOut(patient);
    const { stderr } = await publish(patient, ward.env);
    expect(stderr).toContain(`! Delivered, which AWS would not do, to ${queue}: `);
    expect(stderr).toContain('Each reached 3 queues.');
    const found = findings(await patient.examine()).find(({ id }) => id === 'engine');
    expect(found).toMatchObject({ subject: 'target', verdict: 'warn' });
    expect(found?.evidence).toContain(`to ${queue}. AWS would not deliver it.`);
  });
});

it('the trouble of an engine with its disk is a failed check', () => {
  const problem = "The local engine can't write to /state: there is no space left on the disk.";
  expect(engineFinding({ problems: [problem], refusals: [] })).toEqual({
    verdict: 'fail',
    evidence: problem,
  });
  expect(engineFinding({ problems: [], refusals: [] })).toBeUndefined();
  expect(engineFinding(undefined)).toBeUndefined();
});
