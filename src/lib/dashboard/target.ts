import type { Fix } from '../diagnose/doctor/check.ts';
import type { Place } from '../topology/inspect.ts';

/** What the page talks to. */
export interface DashboardTarget extends Pick<Place, 'aws' | 'identity'> {
  /** The topology that the page works on, as it is now. @throws AppError where it can't be read. */
  topology(): Promise<Place['topology']>;
  /** Where consumers of this machine keep why they failed. */
  readonly stateDir: string;
  readonly commands: CommandLines;
  /** The newest messages that the platform of this machine received; undefined where none runs. */
  readonly readMails?: (() => Promise<readonly ReceivedMail[] | undefined>) | undefined;
}

/** A mail, or what stands for a push message or SMS. */
export interface ReceivedMail {
  readonly id: number;
  readonly channel: 'email' | 'push' | 'sms';
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
  /** ISO 8601. */
  readonly received_at: string;
}

/** Writes command lines that work on what the page works on, to paste into a shell. */
export interface CommandLines {
  /** @param words after `pubsub`, each as it is: they are quoted where a shell needs it. */
  pubsub(...words: readonly string[]): string;
  /** A doctor's fix. */
  fix(fix: Fix): string;
}

/** The target with its topology as it is now. @throws AppError where the topology can't be read. */
export async function placeOf({ aws, identity, topology }: DashboardTarget): Promise<Place> {
  return { aws, identity, topology: await topology() };
}
