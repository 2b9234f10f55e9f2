import { printable } from '../../rules/text/shown-text.ts';
import type { PostgresAddress } from './url.ts';

/** What the driver, the server or a pooler before it says. */
export interface Complaint {
  /** SQLSTATE or code of the system; empty for none. */
  readonly code: string;
  readonly message: string;
}

/** Why a server can't be used. */
export interface Problem {
  readonly reason: string;
  /** What fixes it. */
  readonly hint: string;
  /** Whether the server refused who asked. */
  readonly isDenied?: boolean;
}

/** Says what a complaint means; undefined where it isn't of its kind. */
export type ProblemReader = (complaint: Complaint, address: PostgresAddress) => Problem | undefined;

/** The first line of a message, without the full stop at its end. */
export function firstLine(message: string): string {
  return printable(message.split('\n')[0] ?? '').replace(/\.$/, '');
}
