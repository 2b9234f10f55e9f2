import type { Verdict } from '../../diagnose/doctor/check.ts';
import { type CheckResult, type Diagnosis, diagnose } from '../../diagnose/doctor/diagnose.ts';
import type { CheckView, DoctorView, SubjectView } from '../api/doctor.ts';
import type { Dashboard } from '../dashboard.ts';
import { placeOf } from '../target.ts';

/** The worst first. */
const SEVERITY: readonly Verdict[] = ['fail', 'warn', 'unknown', 'ok'];

/** `GET doctor`: every hop, checked now. */
export async function doctor(dashboard: Dashboard): Promise<DoctorView> {
  const { stateDir, commands } = dashboard;
  const place = await placeOf(dashboard);
  const { found } = await diagnose({ place, stateDir });
  const checks = found.checks.map((check) => checkView(dashboard, check, place.topology.managed));
  return {
    ok: found.ok,
    time: Date.now(),
    findings: checks.filter(({ verdict }) => verdict !== 'ok').sort(bySeverity),
    subjects: subjectsOf(checks, found.skipped),
    fixable: checks.some(({ fixable }) => fixable),
    command: commands.pubsub('doctor'),
  };
}

function checkView(
  { commands }: Dashboard,
  { id, subject, verdict, evidence, fix }: CheckResult,
  managed: boolean,
): CheckView {
  return {
    id,
    subject,
    verdict,
    evidence,
    fix: fix === undefined ? null : commands.fix(fix),
    fixable: managed && fix?.tool === 'pubsub' && fix.safe,
  };
}

function subjectsOf(
  checks: readonly CheckView[],
  skipped: Diagnosis['skipped'],
): readonly SubjectView[] {
  const names = new Set([...checks, ...skipped].map(({ subject }) => subject));
  return [...names].map((subject) => {
    const own = checks.filter((check) => check.subject === subject);
    const [worst] = [...own].sort(bySeverity);
    return {
      subject,
      verdict: worst?.verdict ?? 'unknown',
      checks: own,
      skipped: skipped
        .filter((each) => each.subject === subject)
        .map(({ id, because }) => ({ id, because })),
    };
  });
}

function bySeverity(a: CheckView, b: CheckView): number {
  return SEVERITY.indexOf(a.verdict) - SEVERITY.indexOf(b.verdict);
}
