import type { VNode } from 'preact';

/** Paths on a grid of 24, drawn with a line. */
const PATHS = {
  topology:
    'M5 12h4m0 0c4 0 3-6 7-6m-7 6c4 0 3 6 7 6M9 12h7M3.5 12a1.5 1.5 0 1 0 0 .01M18.5 6h2M18.5 12h2M18.5 18h2',
  messages: 'M4 6h16M4 12h16M4 18h10',
  queues: 'M4 5h16v4H4zM4 10.5h16v4H4zM4 16h16v4H4z',
  publish: 'M4 12 20 4l-5 16-4-7zM11 13l9-9',
  mails: 'M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5',
  doctor: 'M3 12h4l2.5-6 4 12L16 12h5',
  charts: 'M4 4v16h16M7 15l4-5 3 3 5-7',
  ok: 'M5 12.5 10 17 19 7',
  warn: 'M12 4 2.8 19.5h18.4zM12 10v4M12 16.8v.2',
  bad: 'M6 6l12 12M18 6 6 18',
  unknown: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.2',
  waiting: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2',
  filtered: 'M4 5h16l-6 7.5V19l-4-2v-4.5z',
  dead: 'M12 3a7 7 0 0 0-4 12.7V19h8v-3.3A7 7 0 0 0 12 3M9.5 11v.2M14.5 11v.2M11 19v2M13 19v2',
  flight: 'M4 12h14M13 6l6 6-6 6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5',
  system: 'M3 5h18v11H3zM9 20h6M12 16v4',
  large: 'M3 19 8 6l5 13M4.8 15h6.4M15 19l3-8 3 8M16 16.5h4',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4.5v15l12-7.5z',
  close: 'M6 6l12 12M18 6 6 18',
  reload: 'M20 5v5h-5M4 19v-5h5M5.5 9A7.5 7.5 0 0 1 19 8l1 2M18.5 15A7.5 7.5 0 0 1 5 16l-1-2',
  topic: 'M4 10v4l4 1 8 4V5L8 9l-4 1M19.5 9.5a4 4 0 0 1 0 5',
  function: 'M7 20 12.5 9M7 4h2.5L17 20h1.5',
  elsewhere: 'M14 4h6v6M20 4l-9 9M18 14v5H5V6h5',
  back: 'M15 5l-7 7 7 7',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  redrive: 'M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5',
  edit: 'M4 20l1-4L16.5 4.5l3 3L8 19z',
} as const;

/** The pictures that there are. */
export type IconName = keyof typeof PATHS;

/** A picture that says nothing which the text beside it doesn't. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
