import type { EdgeTraffic } from '../../../src/lib/dashboard/api/index.ts';

const DURATION_MS = 1_100;
const BETWEEN_MS = 120;
/** However much passes: more than these at a time can't be told apart, and cost time to draw. */
const MAX_PER_EDGE = 8;
const MAX_PER_FRAME = 3;
const SVG = 'http://www.w3.org/2000/svg';
/** How far a message gets that is filtered or refused. */
const STOPPED_AT = '45%';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Lets dots run along the edges that messages pass. Whoever wants less motion sees none. */
export class Pulses {
  readonly #group: SVGGElement;
  readonly #running = new Map<string, number>();

  /** @param group where dots are put, in the coordinates of the paths */
  constructor(group: SVGGElement) {
    this.#group = group;
  }

  /** Shows what passed an edge, or was stopped there. */
  show({ id, passed, filtered, refused }: EdgeTraffic, path: string): void {
    if (calm.matches) return;
    this.#send(id, passed, (dot) => this.#run(dot, path, '100%'));
    this.#send(id, filtered, (dot) => this.#run(dot, path, STOPPED_AT), 'filtered');
    this.#send(id, refused, (dot) => this.#run(dot, path, STOPPED_AT), 'refused');
  }

  #send(
    id: string,
    messages: number,
    run: (dot: SVGCircleElement) => Animation,
    kind = 'passed',
  ): void {
    const running = this.#running.get(id) ?? 0;
    const dots = Math.min(messages, MAX_PER_FRAME, MAX_PER_EDGE - running);
    for (let place = 0; place < dots; place++) {
      this.#running.set(id, running + place + 1);
      const dot = document.createElementNS(SVG, 'circle');
      dot.setAttribute('r', '4.5');
      dot.setAttribute('class', `pulse ${kind}`);
      this.#group.append(dot);
      const animation = run(dot);
      animation.startTime = performanceNow() + place * BETWEEN_MS;
      animation.onfinish = () => {
        dot.remove();
        this.#running.set(id, (this.#running.get(id) ?? 1) - 1);
      };
    }
  }

  #run(dot: SVGCircleElement, path: string, to: string): Animation {
    dot.style.offsetPath = `path("${path}")`;
    const fades = to !== '100%';
    return dot.animate(
      [
        { offsetDistance: '0%', opacity: 1 },
        { offsetDistance: to, opacity: 1, offset: fades ? 0.6 : 1 },
        ...(fades ? [{ offsetDistance: to, opacity: 0, transform: 'scale(2)' }] : []),
      ],
      { duration: DURATION_MS, easing: 'ease-in-out', fill: 'backwards' },
    );
  }
}

function performanceNow(): number {
  return Number(document.timeline.currentTime ?? performance.now());
}
