import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { describeOnRabbitMq, type OnRabbitMq } from './on-rabbitmq.ts';

/** The commands on a topology `payments` with one subscriber, `email`, whose file is written anew for each test. */
export interface PaymentsOnRabbitMq extends OnRabbitMq {
  /** Writes the file. @param email what stands at the subscriber @param more what stands below */
  payments(email: string, more?: string): void;
  /** Runs a command with `--json` and parses each line of stdout. */
  lines(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly records: Line[] }>;
  /** Writes a handler's module, of a name of its own since modules are loaded once. @returns its path */
  handler(code: string): string;
  /** The routing keys by which a queue is bound. */
  bindings(queue: string): Promise<string[]>;
  /** How many messages lie in the subscriber's queue and in its dead-letter queue. */
  depth(): Promise<{ readonly depth: number; readonly dlqDepth: number }>;
}

/** A line of a command, as `JSON.parse` gives it. */
type Line = ReturnType<typeof JSON.parse>;

/** Tests of that topology on a real server; skipped where none is installed. */
export function describePayments(title: string, tests: (rabbit: PaymentsOnRabbitMq) => void): void {
  describeOnRabbitMq(title, (rabbit) => {
    const payments = (email: string, more = ''): void =>
      rabbit.topology(
        `topology: payments\ntopics: { payments: {} }\nsubscribers:\n  email: ${email}\n${more}`,
      );
    beforeEach(() => payments('{}'));
    // Its members are there from `beforeEach` on.
    tests(Object.assign(Object.create(rabbit) as OnRabbitMq, partsOf(rabbit), { payments }));
  });
}

function partsOf(rabbit: OnRabbitMq): Omit<PaymentsOnRabbitMq, keyof OnRabbitMq | 'payments'> {
  return {
    async lines(...args) {
      const { code, stdout } = await rabbit.run(...args, '--json');
      const records = stdout.trim().split('\n').filter(Boolean);
      return { code, records: records.map((line): Line => JSON.parse(line)) };
    },
    handler(code) {
      const file = join(rabbit.pubsub.env.HOME, `${rabbit.vhost}.mjs`);
      writeFileSync(file, code);
      return file;
    },
    async bindings(queue) {
      const found = await rabbit.server.ask<{ source: string; routing_key: string }[]>(
        'GET',
        `queues/${rabbit.vhost}/${queue}/bindings`,
      );
      return found.filter(({ source }) => source !== '').map(({ routing_key }) => routing_key);
    },
    async depth() {
      const { doc } = await rabbit.json('status');
      const [email] = (doc as { subscribers: { depth: number; dlqDepth: number }[] }).subscribers;
      if (email === undefined) throw new Error('there is no subscriber');
      return email;
    },
  };
}
