import type { PublishFailureKind } from '../../lib/publish/publish-item.ts';
import { Ranges } from '../../lib/rules/text/ranges.ts';

/** What became of each event of a run, by its place in the file or the count. */
export class PublishLedger {
  /** Set while the source has more. */
  unread = false;
  /** The bad line that ended a strict run. */
  strictStop: number | undefined;
  readonly accepted = new Ranges();
  private readonly failed: Readonly<Record<PublishFailureKind, Ranges>> = {
    refused: new Ranges(),
    unsent: new Ranges(),
    unsure: new Ranges(),
  };
  private last = 0;

  accept(position: number): void {
    this.accepted.add(position);
    this.last = Math.max(this.last, position);
  }

  fail(position: number, kind: PublishFailureKind): void {
    this.failed[kind].add(position);
    this.last = Math.max(this.last, position);
  }

  /** What was sent without an answer. */
  get mayBeAccepted(): Ranges {
    return this.failed.unsure;
  }

  /** The first place that nothing was done about; undefined where the source gave all it has. */
  get next(): number | undefined {
    return this.unread ? (this.strictStop ?? this.last + 1) : undefined;
  }

  /** What was surely not accepted. @param among what the run was to publish. */
  notAccepted(among: Ranges): Ranges {
    const { refused, unsent } = this.failed;
    return this.union(refused, unsent, this.rest(among));
  }

  /** What failed and may be accepted when it is sent again: refused events would be refused again. */
  get undone(): Ranges {
    return this.union(this.failed.unsent, this.failed.unsure);
  }

  /** What the run didn't come to. @param among what it was to publish. */
  rest(among: Ranges): Ranges {
    return this.next === undefined
      ? new Ranges()
      : Ranges.of([this.next, Number.POSITIVE_INFINITY]).and(among);
  }

  private union(...parts: readonly Ranges[]): Ranges {
    const all = new Ranges();
    for (const part of parts) all.addAll(part);
    return all;
  }
}
