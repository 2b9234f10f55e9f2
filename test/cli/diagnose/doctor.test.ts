import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/engine.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';
import { setAttributes, subscriber } from '../../fixtures/topology.ts';
import { findings, type Patient, type Printed, useWard } from './doctor.ts';

const endpoint = useEndpoint();
const ward = useWard(endpoint);

/** Actions that the engine was asked for while something was done. */
async function actionsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const before = await requests();
  await work();
  return (await requests()).slice(before.length).map(({ action }) => action);
}

async function requests(): Promise<{ action: string }[]> {
  const answer = await fetch(`${endpoint.url}/_pubsub/requests?limit=1000`);
  return ((await answer.json()) as { requests: { action: string }[] }).requests;
}

async function breakEmail({ place }: Patient): Promise<void> {
  await setAttributes(place, subscriber(place).queue, { Policy: '' });
}

/** Keys, as a shell's variables, of a caller who may do what the statements say. */
async function keysFor(...statements: object[]): Promise<string> {
  const { Credentials } = await endpoint.aws.sts.send(
    new AssumeRoleCommand({
      RoleArn: 'arn:aws:iam::000000000000:role/reader',
      RoleSessionName: 'doctor',
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    }),
  );
  return [
    `AWS_ACCESS_KEY_ID=${Credentials?.AccessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${Credentials?.SecretAccessKey}`,
    `AWS_SESSION_TOKEN=${Credentials?.SessionToken}`,
  ].join(' ');
}

const READS = /^(Get|List|Describe)/;

describe('pubsub doctor', () => {
  it('changes nothing, and makes few calls', async () => {
    const patient = await ward.admit();
    await breakEmail(patient);

    const actions = await actionsDuring(() => patient.examine());

    expect(actions.filter((action) => !READS.test(action))).toEqual([]);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.length).toBeLessThanOrEqual(18);
  });

  it('looks at one subscriber where one is named', async () => {
    const patient = await ward.admit();
    await breakEmail(patient);

    const printed = await patient.examine('inventory');

    expect(printed).toMatchObject({ ok: true, code: 0 });
    expect(printed.checks.map(({ subject }) => subject)).not.toContain('email');
  });

  it('prints one document with the keys that scripts know', async () => {
    const patient = await ward.admit();
    await breakEmail(patient);

    const { code, ...document } = await patient.examine('email');

    expect(code).toBe(3);
    expect(Object.keys(document).slice(0, 2)).toEqual(['ok', 'checks']);
    for (const check of document.checks) {
      expect(Object.keys(check)).toEqual(['id', 'subject', 'verdict', 'evidence', 'fix']);
    }
    const ids = document.checks.map(({ id, subject }) => `${subject} ${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(findings({ code, ...document })).toMatchObject([
      { fix: `pubsub setup ${patient.flags.join(' ')}` },
    ]);
  });

  it('says what is wrong within 80 columns off a terminal, without colour', async () => {
    const patient = await ward.admit();
    await breakEmail(patient);

    const { stdout, code } = await runMain(['doctor', 'email', ...patient.flags], ward.env);

    expect(code).toBe(3);
    expect(stdout).toBe(plain(stdout));
    const lines = stdout.split('\n').filter((line) => !line.includes('pubsub setup'));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/✗ fail +queue-policy +sqs:SendMessage for/);
    expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
      '1 problem: email queue-policy.',
      'Begin with:',
      `  pubsub setup ${patient.flags.join(' ')}`,
    ]);
  });

  it('fits a narrow terminal', async () => {
    const patient = await ward.admit();
    await breakEmail(patient);

    const terminal = openTerminal(['doctor', 'email', ...patient.flags], ward.env, {
      columns: 40,
      rows: 60,
    });
    expect(await terminal.exited).toBe(3);

    const screen = plain(terminal.output()).replaceAll('\r', '');
    const checks = screen.slice(screen.search(/email\n/));
    const lines = checks.split('\n').filter((line) => !line.includes('pubsub setup'));
    expect(lines.filter(({ length }) => length > 40)).toEqual([]);
    expect(checks).toContain('✗ fail     queue-policy');
  });

  it('reads the missing message from a file, and refuses what is none', async () => {
    const patient = await ward.admit();
    const file = join(ward.env.HOME ?? '', 'message.json');
    writeFileSync(file, '{"Message":{"order_id":1},"MessageAttributes":{"event_type":"x"}}');

    expect(await patient.examine('--message', file)).toMatchObject({ ok: true });
    for (const words of [
      ['--message', `${file}.none`],
      ['--message', '{"Message":"x","MessageAttributes":{"a":1}}'],
      ['--event', '{'],
      ['--event-type', 'order.craeted'],
      ['--event-type', 'order.created', '--event', '{}'],
    ]) {
      const { code, stderr } = await runMain(['doctor', ...words, ...patient.flags], ward.env);
      expect(code, stderr).toBe(2);
    }
  });

  it('mends what is safe to mend with --fix, shows it and reads again', async () => {
    const patient = await ward.admit();
    await breakEmail(patient);

    const { stdout, code } = await runMain(['doctor', ...patient.flags, '--fix'], ward.env);

    expect(stdout).toMatch(/✗ fail +queue-policy/);
    expect(stdout).toMatch(/^\+ policy +.*email-service-queue$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^All \d+ checks are ok\.$/);
    expect(code).toBe(0);
    expect(findings(await patient.examine())).toEqual([]);
  });

  it('prints one document with --fix, and changes nothing where nothing is wrong', async () => {
    const patient = await ward.admit();
    await breakEmail(patient);

    const mended = await patient.examine('--fix');
    const actions = await actionsDuring(() => patient.examine('--fix'));

    expect(mended).toMatchObject({
      ok: true,
      code: 0,
      fixed: [{ action: 'create', type: 'policy', name: subscriber(patient.place).queue }],
    });
    expect(actions.filter((action) => !READS.test(action))).toEqual([]);
  });

  it('leaves alone with --fix what belongs to its owner', async () => {
    const patient = await ward.admit();
    const { queue } = subscriber(patient.place);
    await setAttributes(patient.place, queue, { KmsMasterKeyId: 'alias/aws/sqs' });

    const actions = await actionsDuring(async () => {
      expect(await patient.examine('--fix')).toMatchObject({ ok: false, code: 3, fixed: [] });
    });

    expect(actions.filter((action) => !READS.test(action))).toEqual([]);
  });

  it('says once with --fix what it can not mend', async () => {
    const patient = await ward.admit();
    const { queue } = subscriber(patient.place);
    await setAttributes(patient.place, queue, { KmsMasterKeyId: 'alias/aws/sqs' });
    await breakEmail(patient);

    const { stdout, code } = await runMain(
      ['doctor', ...patient.flags, '--fix', '--verbose'],
      ward.env,
    );

    expect(code).toBe(3);
    expect(stdout.match(/✗ fail +queue-policy/g)).toHaveLength(1);
    expect(stdout.match(/✗ fail +encryption-key/g)).toHaveLength(1);
    expect(stdout).toMatch(/^1 problem: email encryption-key/m);
  });

  it('says unknown and which permission is missing to a caller who may read nothing', async () => {
    const patient = await ward.admit();

    const { code, stdout } = await ward.paste(
      `${await keysFor({ Effect: 'Deny', Action: '*', Resource: '*' })} pubsub doctor --json ${patient.flags.join(' ')}`,
    );

    expect(code).toBe(4);
    const printed: Printed = JSON.parse(stdout);
    expect(printed.ok).toBe(false);
    const looked = printed.checks.filter(({ subject }) => subject !== 'target');
    expect(looked.length).toBeGreaterThan(20);
    expect(new Set(looked.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    const evidence = looked.map((check) => check.evidence).join('\n');
    for (const permission of [
      'sns:GetTopicAttributes',
      'sns:ListSubscriptionsByTopic',
      'sqs:GetQueueUrl',
    ]) {
      expect(evidence).toContain(permission);
    }
  });

  it.each([
    ['sqs:GetQueueAttributes', ['queue-policy', 'queue', 'redrive', 'dead-letters', 'consumers']],
    ['sns:GetSubscriptionAttributes', ['delivery', 'filter']],
    ['sns:GetTopicAttributes', ['topic', 'topic-policy']],
  ])('knows what it can know without %s', async (action, ids) => {
    const patient = await ward.admit();
    const keys = await keysFor(
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: action, Resource: '*' },
    );

    const { code, stdout } = await ward.paste(
      `${keys} pubsub doctor email --json ${patient.flags.join(' ')}`,
    );

    const printed: Printed = { code, ...JSON.parse(stdout) };
    expect(code).toBe(4);
    const found = findings(printed);
    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    for (const { verdict, evidence } of found) {
      expect({ verdict, evidence }).toEqual({
        verdict: 'unknown',
        evidence: expect.stringContaining(action),
      });
    }
    expect(printed.checks.some(({ verdict }) => verdict === 'ok')).toBe(true);
  });

  it('says so where nobody answers', async () => {
    const engine = await startEngine();
    await engine.stop();

    const { stdout, code } = await runMain(
      ['doctor', '--endpoint-url', engine.endpoint, '--json'],
      { ...ward.env, AWS_MAX_ATTEMPTS: '1' },
    );

    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      checks: [{ id: 'endpoint', subject: 'target', verdict: 'fail' }],
    });
  });

  it('names missing credentials and a missing region on aws, without asking AWS', async () => {
    const examine = async (flags: string) => {
      const nowhere = 'AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1';
      const line = `${nowhere} pubsub doctor --target aws --json ${flags}`;
      const { stdout, code } = await ward.paste(line);
      return { code, ...JSON.parse(stdout) };
    };

    expect(await examine('')).toMatchObject({
      code: 3,
      ok: false,
      checks: [{ id: 'region', subject: 'target', verdict: 'fail' }],
    });
    expect(await examine('--region eu-central-1')).toMatchObject({
      code: 3,
      checks: [
        {
          id: 'credentials',
          subject: 'target',
          verdict: 'fail',
          fix: 'aws sso login --region eu-central-1',
        },
      ],
    });
  });
});
