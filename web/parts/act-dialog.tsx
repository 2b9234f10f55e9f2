import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ActedOn } from '../../src/lib/dashboard/api/index.ts';
import { ApiError } from '../state/api.ts';
import { CommandLine } from './command-line.tsx';
import { Dialog } from './dialog.tsx';
import { Problem } from './empty.tsx';
import { Foreign } from './foreign.tsx';
import { targetWords } from './shell.tsx';

/** What an act would do, before anybody agreed to it. */
export interface Plan {
  /** A sentence. */
  readonly words: string;
  /** The command line that does the same. */
  readonly command: string;
  /** Where it would be done, as the one that does it says. */
  readonly where: ActedOn;
  /** Nothing would be done. */
  readonly isEmpty: boolean;
  /** More to look at, such as the changes one by one. */
  readonly details?: VNode;
}

/** An act that changes something on the target. */
export interface Act {
  readonly title: string;
  /** What the button says, such as "Delete". */
  readonly verb: string;
  readonly isDangerous: boolean;
  /** Somebody has to type it first; undefined where it can be undone or lost nothing. */
  readonly confirmName?: string | undefined;
  readonly plan: () => Promise<Plan>;
  readonly run: () => Promise<void>;
}

/** Asks before something is changed: what, where, and with which command one would do the same. */
export function ActDialog({
  act,
  close,
}: {
  readonly act: Act;
  readonly close: () => void;
}): VNode {
  const [plan, setPlan] = useState<Plan>();
  const [problem, setProblem] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState('');
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  // Asked once, when it opens.
  useEffect(() => void attempt(async () => setPlan(await act.plan())), []);
  const agree = (event: Event): void => {
    event.preventDefault();
    void attempt(async () => {
      await act.run();
      close();
    });
  };
  const isNamed = act.confirmName === undefined || typed === act.confirmName;
  return (
    <Dialog title={act.title} close={close}>
      {plan === undefined && problem === undefined && (
        <p class="muted">Looking what it would do…</p>
      )}
      {problem && <Problem error={problem} />}
      <form class="stack" onSubmit={agree}>
        {plan && <Planned plan={plan} />}
        {plan && !plan.isEmpty && act.confirmName !== undefined && (
          <label class="field">
            <span class="label">
              Type <strong>{act.confirmName}</strong> to go on
            </span>
            <input
              value={typed}
              autocomplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          </label>
        )}
        <div class="row">
          <button type="button" class="push" onClick={close}>
            {plan?.isEmpty ? 'Close' : 'Cancel'}
          </button>
          {plan && !plan.isEmpty && (
            <button
              type="submit"
              class={act.isDangerous ? 'danger' : 'primary'}
              disabled={busy || !isNamed}
            >
              {act.verb}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function Planned({ plan }: { readonly plan: Plan }): VNode {
  const { target: kind, ...where } = plan.where;
  return (
    <>
      <p>
        <Foreign text={plan.words} />
      </p>
      <p class="muted">
        On{' '}
        <strong>
          <Foreign text={targetWords({ kind, ...where })} />
        </strong>
      </p>
      {plan.details}
      <div class="stack tight">
        <span class="muted small">The same on the command line</span>
        <CommandLine command={plan.command} />
      </div>
    </>
  );
}
