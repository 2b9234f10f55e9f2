import type { EngineParts } from '../../parts.ts';

/** Temporary keys that the engine gave out. */
export interface Session {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  /** The session policy as it was given to `AssumeRole`. */
  readonly policy?: string;
}

export interface StsState {
  /** The session that an access key belongs to, also after it has expired. */
  session(accessKeyId: string): Session | undefined;
  remember(accessKeyId: string, session: Session): void;
}

const TABLE = 'sts-session';

/** How long an expired session is still told apart from an unknown key. */
const KEPT_AFTER_EXPIRY = 24 * 60 * 60 * 1000;

/** The sessions that the journal holds, without those that expired long ago. */
export function createStsState({ journal, clock }: EngineParts): StsState {
  const sessions = new Map<string, Session>();
  const forgetOld = () => {
    for (const [accessKeyId, { expires }] of sessions) {
      if (expires + KEPT_AFTER_EXPIRY > clock.now()) continue;
      sessions.delete(accessKeyId);
      journal.remove(TABLE, accessKeyId);
    }
  };
  for (const { key, value } of journal.entries(TABLE)) sessions.set(String(key), value as Session);
  forgetOld();
  return {
    session: (accessKeyId) => sessions.get(accessKeyId),
    remember(accessKeyId, session) {
      forgetOld();
      sessions.set(accessKeyId, session);
      journal.put(TABLE, accessKeyId, session);
    },
  };
}
