import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { renderAdvice, renderFindings, type ShownCheck } from '../../../src/lib/ui/doctor.ts';

const style = new Chalk({ level: 0 });
const SETUP = 'pubsub setup';
const DENY = `sqs:SendMessage for arn:aws:sns:us-east-1:000000000000:payments: Statement ${JSON.stringify(
  { Sid: 'foreign', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: 'x'.repeat(600) },
)} denies it.`;

function check(subject: string, id: string, given: Partial<ShownCheck> = {}): ShownCheck {
  return { id, subject, verdict: 'ok', evidence: 'fine', fix: null, ...given };
}

function healthy(subject: string): ShownCheck[] {
  return ['subscription', 'delivery', 'filter', 'queue-policy', 'queue', 'redrive'].map((id) =>
    check(subject, id),
  );
}

function shown(checks: readonly ShownCheck[], columns = 80): string[] {
  return [
    ...renderFindings({ checks, skipped: [] }, columns, style),
    '',
    ...renderAdvice(checks, 'pubsub doctor', columns),
  ];
}

describe("a doctor's findings", () => {
  it('come first, and what is well has a line for each subject', () => {
    const broken = check('fraud', 'queue-policy', {
      verdict: 'fail',
      evidence: 'no policy',
      fix: SETUP,
    });
    const lines = shown([
      check('topic', 'topic'),
      ...healthy('ledger'),
      ...healthy('fraud'),
      broken,
    ]);
    expect(lines.slice(0, 2)).toEqual(['fraud', '  ✗ fail     queue-policy      no policy']);
    expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(3);
    expect(lines.at(-1)).toBe('  pubsub setup');
  });

  it('show a check mark for no subject of which nothing was looked at', () => {
    const missing = check('topic', 'topic', { verdict: 'fail', evidence: 'none', fix: SETUP });
    const skipped = ['topic-policy', 'deduplication'].map((id) => ({
      subject: 'topic',
      id,
      because: 'there is no topic',
    }));
    const partly = { subject: 'ledger', id: 'filter', because: 'there is no topic' };
    const checks = [missing, check('ledger', 'queue')];
    const lines = renderFindings({ checks, skipped: [...skipped, partly] }, 80, style);
    expect(lines.slice(-2)).toEqual([
      '- topic  2 not looked at: topic-policy, deduplication',
      '✓ ledger  1 ok: queue; 1 not looked at',
    ]);
  });

  it.each([
    [
      'twenty broken subscribers',
      Array.from({ length: 20 }, (_, index) => `s${index}`),
      'no policy',
    ],
    ['a foreign Deny on three', ['ledger', 'fraud', 'audit'], DENY],
    ['one', ['ledger'], 'no policy'],
  ])('fit a screen of 80×24 with %s', (_name, subjects, evidence) => {
    const checks = subjects.flatMap((subject) => [
      ...healthy(subject),
      check(subject, 'queue-policy', { verdict: 'fail', evidence, fix: SETUP }),
    ]);
    const lines = shown(checks);
    // The line that names the target, and the prompt.
    expect(lines.length + 2).toBeLessThanOrEqual(24);
    const fixes = lines.slice(0, -2).filter((line) => line.trim() === SETUP);
    expect(fixes).toHaveLength(1);
  });

  it('does not send dead letters back before the rest is fixed', () => {
    const dead = check('email', 'dead-letters', {
      verdict: 'fail',
      evidence: '2 messages lie there',
      fix: 'pubsub dlq redrive email',
    });
    const policy = check('fraud', 'queue-policy', { verdict: 'fail', evidence: 'no', fix: SETUP });
    expect(renderAdvice([dead, policy], 'pubsub doctor', 80).slice(-2)).toEqual([
      'Begin with:',
      '  pubsub setup',
    ]);
    expect(renderAdvice([dead], 'pubsub doctor', 80).slice(-2)).toEqual([
      'When the consumer is fixed:',
      '  pubsub dlq redrive email',
    ]);
  });
});
