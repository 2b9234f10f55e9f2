import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type {
  CheckView,
  DoctorView as Examination,
  FixView,
  SubjectView,
} from '../../../src/lib/dashboard/api/index.ts';
import { type Act, ActDialog } from '../../parts/act-dialog.tsx';
import { CommandLine } from '../../parts/command-line.tsx';
import { Empty, Problem } from '../../parts/empty.tsx';
import { Foreign } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Mark, VERDICTS } from '../../parts/mark.tsx';
import { toast } from '../../parts/toasts.tsx';
import { api } from '../../state/api.ts';
import { useResource } from '../../state/resource.ts';
import { mayWrite } from '../../state/session.ts';
import { clock, counted } from '../../text/figures.ts';

/** Every hop of a message's way, checked: what was found first, then all of it. */
export function DoctorView(): VNode {
  const { data, problem, loading, reload } = useResource('doctor', api.doctor);
  const [act, setAct] = useState<Act>();
  return (
    <div class="stack">
      <header class="row">
        <h1>{data ? headline(data) : 'Doctor'}</h1>
        {data && <span class="muted small">looked at {clock(data.time)}</span>}
        <span class="row push">
          {data?.fixable && (
            <button
              type="button"
              class="primary"
              disabled={!mayWrite()}
              onClick={() => setAct(fixAct(reload))}
            >
              Fix all that can be fixed
            </button>
          )}
          <button type="button" disabled={loading} onClick={reload}>
            <Icon name="reload" /> {loading ? 'Looking…' : 'Look again'}
          </button>
        </span>
      </header>
      {problem && <Problem error={problem} retry={reload} />}
      {data === undefined && problem === undefined && <Empty title="Walking every hop…" />}
      {data && <Findings findings={data.findings} />}
      {data && <Tree subjects={data.subjects} />}
      {data && <CommandLine command={data.command} />}
      {act && <ActDialog act={act} close={() => setAct(undefined)} />}
    </div>
  );
}

function headline({ ok, findings }: Examination): string {
  if (findings.length > 0) return counted(findings.length, 'finding');
  return ok ? 'Every hop is well' : 'Not all could be looked at';
}

function fixAct(onDone: () => void): Act {
  return {
    title: 'Bring back what the topology says',
    verb: 'Fix',
    isDangerous: false,
    plan: async () => {
      const view = await api.fix({ dryRun: true });
      const { changes, command } = view;
      const words =
        changes.length === 0
          ? 'There is nothing to change.'
          : `${counted(changes.length, 'change')}:`;
      const details = <Changes view={view} />;
      return { words, command, where: view, isEmpty: changes.length === 0, details };
    },
    run: async () => {
      const { changes } = await api.fix({ dryRun: false });
      toast('ok', `${counted(changes.length, 'change')} made.`);
      onDone();
    },
  };
}

function Changes({ view: { changes } }: { readonly view: FixView }): VNode {
  return (
    <ul class="stack tight">
      {changes.map(({ action, type, name, differences }) => (
        <li key={`${type} ${name}`}>
          <strong>{{ create: '+', update: '~', delete: '-' }[action]}</strong> {action} {type}{' '}
          {name}
          {differences.map(({ setting, from, to }) => (
            <p class="small muted breaks" key={setting}>
              {setting}:{' '}
              <del>
                <Foreign text={from ?? 'not set'} />
              </del>{' '}
              →{' '}
              <ins>
                <Foreign text={to ?? 'not set'} />
              </ins>
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Findings({ findings }: { readonly findings: readonly CheckView[] }): VNode | null {
  if (findings.length === 0) return null;
  return (
    <ul class="stack" aria-label="Findings">
      {findings.map((finding) => (
        <li
          class={`card stack finding ${finding.verdict}`}
          key={`${finding.subject} ${finding.id}`}
        >
          <div class="row">
            <Mark look={VERDICTS[finding.verdict]} />
            <h2>
              {finding.subject}: {finding.id}
            </h2>
            {finding.fixable && (
              <span class="muted small push">can be fixed, together with all others</span>
            )}
          </div>
          <p>
            <Foreign text={finding.evidence} />
          </p>
          {finding.fix !== null && <CommandLine command={finding.fix} />}
        </li>
      ))}
    </ul>
  );
}

function Tree({ subjects }: { readonly subjects: readonly SubjectView[] }): VNode {
  return (
    <section class="card stack" aria-label="All checks">
      {subjects.map((subject) => (
        <details key={subject.subject} open={subject.verdict !== 'ok'}>
          <summary class="row">
            <Mark look={VERDICTS[subject.verdict]} />
            <strong>{subject.subject}</strong>
            <span class="muted small">{counted(subject.checks.length, 'check')}</span>
          </summary>
          <ul class="checks">
            {subject.checks.map((check) => (
              <li key={check.id}>
                <Mark look={VERDICTS[check.verdict]} words={check.id} />
                <span class="small">
                  <Foreign text={check.evidence} />
                </span>
              </li>
            ))}
            {subject.skipped.map(({ id, because }) => (
              <li key={id} class="muted">
                <Mark look={{ tone: 'quiet', icon: 'waiting', words: id }} />
                <span class="small">
                  not checked: <Foreign text={because} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}
