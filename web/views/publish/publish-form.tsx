import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type {
  EventCatalogue,
  EventRequest,
  EventView,
  ExplainView,
  MessageAttribute,
  PublishView,
} from '../../../src/lib/dashboard/api/index.ts';
import { Attributes } from '../../parts/attributes.tsx';
import { AttributesEditor } from '../../parts/attributes-editor.tsx';
import { Problem } from '../../parts/empty.tsx';
import { toast } from '../../parts/toasts.tsx';
import { ApiError, api } from '../../state/api.ts';
import { go, href } from '../../state/route.ts';
import { mayWrite } from '../../state/session.ts';
import { type Draft, dataOf, draftOf, switched } from './draft.ts';
import { Fields } from './fields.tsx';
import { Verdicts } from './verdicts.tsx';

/** How long somebody has to stop typing before it is asked who would get the event, in milliseconds. */
const TYPING_MS = 300;

/** The form of one event type. */
export function PublishForm(props: {
  readonly catalogue: EventCatalogue;
  readonly event: EventView | undefined;
  readonly type: string;
  readonly topic: string;
}): VNode {
  const { catalogue, event, type, topic } = props;
  const [draft, setDraft] = useState(() => draftOf(event));
  const [published, setPublished] = useState<PublishView>();
  const request = { type, topic, data: dataOf(draft), attributes: draft.attributes };
  const { verdict, problem } = useVerdict(request);
  const [failure, setFailure] = useState<ApiError>();
  const publish = async (submitted: Event): Promise<void> => {
    submitted.preventDefault();
    try {
      setFailure(undefined);
      const answer = await api.publish({ ...request, dryRun: false });
      setPublished(answer);
      toast('ok', `Published ${type}.`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(error);
    }
  };
  return (
    <form class="publish" onSubmit={publish} aria-label="Publish">
      <div class="card stack">
        <h1>Publish</h1>
        <TypeAndTopic catalogue={catalogue} type={type} topic={topic} />
        <DraftForm event={event} draft={draft} onChange={setDraft} />
        <AttributesEditor
          legend="Further attributes"
          attributes={draft.attributes}
          onChange={(attributes) => setDraft({ ...draft, attributes })}
        />
        <Brought
          attributes={verdict?.attributes ?? event?.attributes ?? []}
          given={draft.attributes}
        />
      </div>
      <div class="stack beside">
        <div class="card stack">
          <h2>Who would get it</h2>
          {problem && <Problem error={problem} />}
          {verdict === undefined && problem === undefined && <p class="muted">Asking…</p>}
          {verdict && <Verdicts view={verdict} />}
        </div>
        {failure && <Problem error={failure} />}
        <div class="row">
          <button
            type="submit"
            class="primary"
            disabled={!mayWrite() || type === '' || problem !== undefined}
          >
            Publish
          </button>
          {published?.messageId && (
            <a href={href('messages', published.messageId)}>Follow the one just published</a>
          )}
        </div>
      </div>
    </form>
  );
}

/** What the event is published with anyway: another value can be given, and none of it can be left out. */
function Brought(props: {
  readonly attributes: readonly MessageAttribute[];
  readonly given: readonly MessageAttribute[];
}): VNode | null {
  const given = new Set(props.given.map(({ name }) => name));
  const own = props.attributes.filter(({ name }) => !given.has(name));
  if (own.length === 0) return null;
  return (
    <div class="stack tight">
      <span class="muted small">The event brings these; give one above to change its value.</span>
      <Attributes attributes={own} />
    </div>
  );
}

function useVerdict(request: EventRequest): { verdict?: ExplainView; problem?: ApiError } {
  const [answer, setAnswer] = useState<{ verdict?: ExplainView; problem?: ApiError }>({});
  const key = JSON.stringify(request);
  // The key is the request.
  useEffect(() => {
    if (request.type === '') return;
    let current = true;
    const ask = async (): Promise<void> => {
      try {
        const verdict = await api.explain(request);
        if (current) setAnswer({ verdict });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (current) setAnswer({ problem: error });
      }
    };
    const timer = setTimeout(() => void ask(), TYPING_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key]);
  return answer;
}

function TypeAndTopic(props: {
  readonly catalogue: EventCatalogue;
  readonly type: string;
  readonly topic: string;
}): VNode {
  const { catalogue, type, topic } = props;
  const { events, topics } = catalogue;
  // Types of the catalogue have a topic of their own.
  const choose = (chosen: { type?: string; topic?: string }): void =>
    go(href('publish', undefined, { type, ...chosen }), { replace: true });
  return (
    <div class="fields two">
      <div class="field">
        <label for="event-type">Type</label>
        <TypeInput
          events={events}
          type={type}
          choose={(chosen) =>
            choose(events.length > 0 ? { type: chosen } : { topic, type: chosen })
          }
        />
      </div>
      <label class="field">
        <span class="label">Topic</span>
        <select
          value={topic}
          onChange={({ currentTarget }) => choose({ topic: currentTarget.value })}
        >
          {topics.map(({ key, name, fifo }) => (
            <option key={key} value={key}>
              {name}
              {fifo ? ' (FIFO)' : ''}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function TypeInput(props: {
  readonly events: EventCatalogue['events'];
  readonly type: string;
  readonly choose: (type: string) => void;
}): VNode {
  const { events, type, choose } = props;
  if (events.length === 0) {
    return (
      <input
        id="event-type"
        value={type}
        placeholder="order.created"
        required
        onChange={({ currentTarget }) => choose(currentTarget.value.trim())}
      />
    );
  }
  return (
    <select
      id="event-type"
      value={type}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    >
      {events.map((event) => (
        <option key={event.type}>{event.type}</option>
      ))}
    </select>
  );
}

function DraftForm(props: {
  readonly event: EventView | undefined;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}): VNode {
  const { event, draft, onChange } = props;
  const other = switched(draft);
  const isFields = draft.as === 'fields';
  const toggle = (): void => other && onChange(other);
  return (
    <section class="stack tight" aria-label="Fields of the event">
      <div class="row">
        <span class="muted small">The rest comes from the sample.</span>
        <div class="segmented small push">
          <button
            type="button"
            aria-pressed={isFields}
            disabled={!isFields && other === undefined}
            title={other ? undefined : 'The text is no JSON object.'}
            onClick={() => !isFields && toggle()}
          >
            fields
          </button>
          <button type="button" aria-pressed={!isFields} onClick={() => isFields && toggle()}>
            JSON
          </button>
        </div>
      </div>
      {isFields ? (
        <Fields
          event={event}
          fields={draft.fields}
          onChange={(fields) => onChange({ ...draft, fields })}
        />
      ) : (
        <textarea
          aria-label="Fields as JSON"
          rows={Math.max(8, draft.text.split('\n').length + 1)}
          value={draft.text}
          spellcheck={false}
          aria-invalid={other === undefined}
          onInput={({ currentTarget }) => onChange({ ...draft, text: currentTarget.value })}
        />
      )}
    </section>
  );
}
