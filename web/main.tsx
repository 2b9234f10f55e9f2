import { render, type VNode } from 'preact';
import { Shell, TITLES } from './parts/shell.tsx';
import { api } from './state/api.ts';
import { followOverview, overview } from './state/overview.ts';
import { applyPreferences } from './state/preferences.ts';
import { route } from './state/route.ts';
import { followSeries } from './state/series.ts';
import { findToken, session } from './state/session.ts';
import { followStream, listen } from './state/stream.ts';
import { followTraffic } from './state/traffic.ts';
import { isolated } from './text/controls.ts';
import { ChartsView } from './views/charts/index.tsx';
import { DoctorView } from './views/doctor/index.tsx';
import { MailsView } from './views/mails/index.tsx';
import { MessageView } from './views/message/index.tsx';
import { MessagesView } from './views/messages/index.tsx';
import { PublishView } from './views/publish/index.tsx';
import { QueuesView } from './views/queues/index.tsx';
import { TopologyView } from './views/topology/index.tsx';

function Page(): VNode {
  const { view, id } = route.value;
  document.title = [
    id === undefined ? TITLES[view] : isolated(id),
    overview.value?.topology.name,
    'pubsub',
  ]
    .filter((each) => each !== undefined)
    .join(' · ');
  return (
    <Shell>
      <View />
    </Shell>
  );
}

function View(): VNode {
  const { view, id } = route.value;
  switch (view) {
    case 'topology':
      return <TopologyView />;
    case 'messages':
      return id === undefined ? <MessagesView /> : <MessageView key={id} id={id} />;
    case 'queues':
      return <QueuesView />;
    case 'publish':
      return <PublishView />;
    case 'mails':
      return <MailsView />;
    case 'doctor':
      return <DoctorView />;
    case 'charts':
      return <ChartsView />;
  }
}

async function start(): Promise<void> {
  const page = document.getElementById('page');
  if (page === null) return;
  applyPreferences();
  await findToken();
  render(<Page />, page);
  followOverview();
  followTraffic();
  followSeries();
  followStream();
  const readSession = (): void =>
    void api.session().then(
      (own) => {
        session.value = own;
      },
      // The stream says what is the matter.
      () => undefined,
    );
  listen({ resync: readSession });
  readSession();
}

void start();
