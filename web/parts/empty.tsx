import type { ComponentChildren, VNode } from 'preact';
import type { ApiError } from '../state/api.ts';
import { CommandLine } from './command-line.tsx';
import { Foreign } from './foreign.tsx';

/** What stands where there is nothing, and why. */
export function Empty(props: {
  readonly title: string;
  readonly because?: readonly string[];
  readonly command?: string | undefined;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <div class="empty">
      <h2>{props.title}</h2>
      {props.because?.map((each) => (
        <p key={each}>
          <Foreign text={each} />
        </p>
      ))}
      {props.command !== undefined && <CommandLine command={props.command} />}
      {props.children}
    </div>
  );
}

/** A request that failed: what happened, and what fixes it. */
export function Problem(props: { readonly error: ApiError; readonly retry?: () => void }): VNode {
  const { error, retry } = props;
  const isCommand = error.hint !== null && /^(pubsub|aws) /.test(error.hint);
  return (
    <div class="problem" role="alert">
      <p>
        <Foreign text={error.message} />
      </p>
      {error.hint !== null &&
        (isCommand ? (
          <CommandLine command={error.hint} />
        ) : (
          <p>
            <Foreign text={error.hint} />
          </p>
        ))}
      {retry && (
        <div>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}

/** Sentences that qualify what is shown. */
export function Remarks({ sentences }: { readonly sentences: readonly string[] }): VNode | null {
  if (sentences.length === 0) return null;
  return (
    <ul class="remarks">
      {sentences.map((each) => (
        <li key={each}>
          <Foreign text={each} />
        </li>
      ))}
    </ul>
  );
}
