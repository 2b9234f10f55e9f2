import type { Deployment } from '../../lib/deploy/template.ts';

/** How a deployment goes to a target: what its template asks for, and where that is put. */
export interface Way {
  readonly deployment: Deployment;
  /** Of its template; those that are left out keep the values that the stack has. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Puts code and images where the parameters say, once the plan was agreed to. */
  prepare(): Promise<void>;
  /** Removes what the stack doesn't need any more, once it is deployed. @throws AppError of a call that is refused. */
  finish(): Promise<void>;
  /** Frees what was made for this run. */
  close(): Promise<void>;
}
