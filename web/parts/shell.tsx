import type { ComponentChildren, VNode } from 'preact';
import type { TargetView } from '../../src/lib/dashboard/api/index.ts';
import { deadLetterCount, overview } from '../state/overview.ts';
import { dark, large, type Theme, theme } from '../state/preferences.ts';
import { href, route, VIEWS, type View } from '../state/route.ts';
import { session } from '../state/session.ts';
import { type Connection, connection, demoCaption } from '../state/stream.ts';
import { isolated } from '../text/controls.ts';
import { count } from '../text/figures.ts';
import { Foreign } from './foreign.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Toasts } from './toasts.tsx';

/** What the views are called. */
export const TITLES: Readonly<Record<View, string>> = {
  topology: 'Topology',
  messages: 'Messages',
  queues: 'Queues',
  publish: 'Publish',
  mails: 'Mails',
  doctor: 'Doctor',
  charts: 'Charts',
};

/** What stands around every view. */
export function Shell({ children }: { readonly children: ComponentChildren }): VNode {
  const { view, id } = route.value;
  const isFixed = view === 'topology' || (view === 'messages' && id === undefined);
  return (
    <div class="shell">
      <header class="top">
        <a class="brand" href={href('topology')} aria-label="pubsub">
          <img src="icon.svg" alt="" />
          <span>pubsub</span>
        </a>
        <nav class="tabs" aria-label="Views">
          {VIEWS.map((each) => (
            <Tab key={each} view={each} />
          ))}
        </nav>
        <Target />
        <Tools />
      </header>
      <Notices />
      <main class={`main ${isFixed ? 'fixed' : ''}`} id="main" tabIndex={isFixed ? -1 : 0}>
        {children}
      </main>
      <Caption />
      <Toasts />
    </div>
  );
}

function Tab({ view }: { readonly view: View }): VNode {
  const dead = view === 'queues' ? deadLetterCount.value : 0;
  return (
    <a href={href(view)} aria-current={route.value.view === view ? 'page' : undefined}>
      <Icon name={view} />
      {TITLES[view]}
      {dead > 0 && (
        <span class="badge" title={`${count(dead)} dead letters`}>
          {count(dead)}
          <span class="visually-hidden"> dead letters</span>
        </span>
      )}
    </a>
  );
}

const CONNECTIONS: Readonly<Record<Connection['state'], string>> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  gone: 'gone',
};

function Target(): VNode {
  const { state, reason } = connection.value;
  const target = overview.value?.target;
  return (
    <div class="target">
      <span
        class={`connection ${state}`}
        role="status"
        title={reason === null ? undefined : isolated(reason)}
      >
        {CONNECTIONS[state]}
      </span>
      {target && (
        <span class="where" title={target.arn === null ? undefined : isolated(target.arn)}>
          <Foreign text={targetWords(target)} />
        </span>
      )}
    </div>
  );
}

/** A target in a few words, as destructive acts name it. */
export function targetWords({
  kind,
  account,
  region,
  endpoint,
}: Pick<TargetView, 'kind' | 'account' | 'region' | 'endpoint'>): string {
  const where = endpoint === null ? [] : [endpoint.replace(/^https?:\/\//, '')];
  return [kind, account ?? 'account unknown', region, ...where].join(' · ');
}

const NEXT_THEME: Readonly<Record<Theme, Theme>> = {
  system: 'light',
  light: 'dark',
  dark: 'system',
};
const THEME_ICONS: Readonly<Record<Theme, IconName>> = {
  system: 'system',
  light: 'sun',
  dark: 'moon',
};

function Tools(): VNode {
  const colour =
    theme.value === 'system' ? `system (${dark.value ? 'dark' : 'light'})` : theme.value;
  return (
    <div class="tools">
      <button
        type="button"
        class="plain"
        aria-pressed={large.value}
        title="Large type, for a room full of people"
        onClick={() => {
          large.value = !large.value;
        }}
      >
        <Icon name="large" />
        <span class="visually-hidden">Large type</span>
      </button>
      <button
        type="button"
        class="plain"
        title={`Theme: ${colour}`}
        onClick={() => {
          theme.value = NEXT_THEME[theme.value];
        }}
      >
        <Icon name={THEME_ICONS[theme.value]} />
        <span class="visually-hidden">Theme: {colour}</span>
      </button>
    </div>
  );
}

function Notices(): VNode {
  const { state, reason } = connection.value;
  const own = session.value;
  const isReadOnly = own !== undefined && !(own.authorized && own.writesAllowed);
  return (
    <div>
      {(state === 'reconnecting' || state === 'gone') && (
        <div class={`notice ${state === 'gone' ? 'bad' : ''}`} role="alert">
          <Foreign text={reason ?? 'The target does not answer.'} /> What is shown is from before.
        </div>
      )}
      {isReadOnly && (
        <div class="notice">
          <span>This page only looks: nothing can be changed from here.</span>
          <span>
            To change things:{' '}
            <code>
              <Foreign text={own.command} />
            </code>
          </span>
        </div>
      )}
    </div>
  );
}

function Caption(): VNode | null {
  const caption = demoCaption.value;
  if (caption === undefined) return null;
  const { step, steps, title, state } = caption;
  return (
    <div class="caption" role="status">
      {step > 0 && (
        <span class="step">
          {step}/{steps}
        </span>
      )}
      <strong>
        <Foreign text={title} />
      </strong>
      {state === 'waiting' && <span class="muted">press Enter in the terminal</span>}
      {state === 'done' && step === steps && <span class="mark ok">the demo is over</span>}
      {state === 'failed' && <span class="mark bad">failed</span>}
    </div>
  );
}
