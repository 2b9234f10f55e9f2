import type { ActedOn } from './queues.ts';

/** What a check says. `unknown`: the caller may not look, or the target can't tell. */
export type CheckVerdict = 'ok' | 'warn' | 'fail' | 'unknown';

/** `GET doctor`: every hop, checked now. It takes a few requests to the target for each subscriber. */
export interface DoctorView {
  /** No check failed, and the caller could look at all that they need. */
  readonly ok: boolean;
  /** When it was looked at, in milliseconds since the epoch. */
  readonly time: number;
  /** Everything that isn't `ok`, the worst first. */
  readonly findings: readonly CheckView[];
  /** All checks by subject, in the order of a message's way. */
  readonly subjects: readonly SubjectView[];
  /** Whether `POST doctor/fix` has something to do. */
  readonly fixable: boolean;
  readonly command: string;
}

/** Checks of one thing. */
export interface SubjectView {
  /** `target`, `topic`, `topic KEY`, or a subscriber's name. */
  readonly subject: string;
  /** The worst of its checks. */
  readonly verdict: CheckVerdict;
  readonly checks: readonly CheckView[];
  /** Checks that had nothing to look at. */
  readonly skipped: readonly { readonly id: string; readonly because: string }[];
}

/** One check's answer. */
export interface CheckView {
  /** Stable, such as `queue-policy`. */
  readonly id: string;
  readonly subject: string;
  readonly verdict: CheckVerdict;
  /** The very statement, attribute or number that decided. */
  readonly evidence: string;
  /** The command line that fixes it; null where none does. */
  readonly fix: string | null;
  /** Whether `POST doctor/fix` fixes it: it only brings back what the topology says. */
  readonly fixable: boolean;
}

/** `POST doctor/fix`. */
export interface FixRequest {
  /** True first: shows what would change. */
  readonly dryRun: boolean;
}

/** `POST doctor/fix`: what was changed, or would be. Look again with `GET doctor`. */
export interface FixView extends ActedOn {
  readonly dryRun: boolean;
  readonly changes: readonly ChangeView[];
  readonly command: string;
}

/** A change of what is on the target. */
export interface ChangeView {
  readonly action: 'create' | 'update' | 'delete';
  /** Such as `queue`, `subscription` or `topic`. */
  readonly type: string;
  readonly name: string;
  readonly differences: readonly {
    readonly setting: string;
    /** Null where it wasn't set. */
    readonly from: string | null;
    readonly to: string | null;
  }[];
}
