import { describe, expect, it } from 'vitest';
import type { Database } from '../../../../src/lib/database/database.ts';
import { changeProduct, createProduct } from '../../../../src/lib/platform/products/catalogue.ts';
import { PRODUCT_MIGRATIONS } from '../../../../src/lib/platform/products/migrations.ts';
import {
  expireReservations,
  forgetReservations,
} from '../../../../src/lib/platform/products/stock/expire.ts';
import { stockService } from '../../../../src/lib/platform/products/stock-service.ts';
import { StockService } from '../../../../src/lib/platform/rpc/pubsub/platform/v1/stock_pb.js';
import { onOneDatabase } from '../../../fixtures/database-kinds.ts';
import { postgresMissing } from '../../../fixtures/postgres.ts';
import { as, patiently, refusal, useService } from '../service.ts';
import { type TestDatabase, useDatabase } from '../service-database.ts';

const SERVICE = as('service');

/** What a block has: the methods as a client calls them, and goods. */
function useStock(database: TestDatabase) {
  const service = useService('products', () => ({ routes: [], grpc: stockService(database()) }));
  const client = () => service.client(StockService);
  return {
    put: async (stock: number, price = '2.50') => {
      const { id } = await createProduct(database(), { ...GOODS, price, stock });
      return BigInt(id);
    },
    stockOf: (id: bigint) => stockOf(database(), id),
    reserve: (key: string, items: Items, seconds?: number) =>
      client().reserve(
        {
          key,
          items: items.map(([productId, quantity]) => ({ productId, quantity })),
          ...(seconds !== undefined && { expiresAfter: { seconds: BigInt(seconds), nanos: 0 } }),
        },
        SERVICE,
      ),
    release: async (key: string) => (await client().release({ key }, SERVICE)).released,
    commit: (key: string) => client().commit({ key }, SERVICE),
    client,
  };
}

const GOODS = { name: 'Beans', description: '' };
type Items = readonly (readonly [id: bigint, quantity: number])[];

async function stockOf(database: Database, id: bigint) {
  const { rows } = await database.query<{ stock: string }>(
    `select on_hand || '=' || available || '+' || reserved as stock from products where id = $1`,
    [String(id)],
  );
  return rows[0]?.stock;
}

/** Lets the time of a reservation be over. */
const endTime = (database: Database, key: string) =>
  database.query(`update reservations set expires_at = now() where key = $1`, [key]);

onOneDatabase((kind) => {
  const database = useDatabase(PRODUCT_MIGRATIONS, kind);
  const { put, stockOf, reserve, release, commit, client } = useStock(database);

  it('sets units aside at the price of the moment, and answers the same key as before', async () => {
    const [beans, tea] = [await put(5, '19.90'), await put(3, '0.05')];
    const items = [
      [tea, 3],
      [beans, 2],
    ] as const;
    const first = await reserve('a', items, 60);
    expect(first.total).toBe('39.95');
    expect(
      first.items.map(({ productId, quantity, price }) => [productId, quantity, price]),
    ).toEqual([
      [tea, 3, '0.05'],
      [beans, 2, '19.90'],
    ]);
    const seconds = Number(first.expiresAt?.seconds) - Date.now() / 1000;
    expect(Math.abs(seconds - 60)).toBeLessThan(30);
    await changeProduct(database(), Number(beans), { price: '1.00' });
    const again = await reserve('a', items);
    expect(again).toEqual(first);
    const turned = await reserve('a', [
      [beans, 2],
      [tea, 3],
    ]);
    expect([turned.total, turned.items[0]?.price]).toEqual(['39.95', '19.90']);
    expect([await stockOf(beans), await stockOf(tea)]).toEqual(['5=3+2', '3=0+3']);
  });

  it('sets aside all or nothing, to the last unit', async () => {
    const [many, few] = [await put(10), await put(2)];
    expect(
      await refusal(
        reserve('b', [
          [many, 1],
          [few, 3],
        ]),
      ),
    ).toEqual(['FailedPrecondition', `There are too few units of product ${few}.`]);
    expect(await stockOf(many)).toBe('10=10+0');
    // What was refused isn't kept: the key is still free.
    await reserve('b', [
      [many, 10],
      [few, 2],
    ]);
    expect([await stockOf(many), await stockOf(few)]).toEqual(['10=0+10', '2=0+2']);
    const [code, message] = await refusal(
      reserve('c', [
        [many, 1],
        [few, 1],
      ]),
    );
    expect([code, message]).toEqual([
      'FailedPrecondition',
      `There are too few units of product ${many}, ${few}.`,
    ]);
    expect(
      await refusal(
        reserve('c', [
          [many, 1],
          [999_999n, 1],
        ]),
      ),
    ).toEqual(['NotFound', 'There is no product 999999.']);
  });

  it('gives units back once, and keeps a release that comes first', async () => {
    const id = await put(4);
    await reserve('d', [[id, 3]]);
    expect([await release('d'), await release('d'), await stockOf(id)]).toEqual([
      true,
      false,
      '4=4+0',
    ]);
    expect(await refusal(reserve('d', [[id, 3]]))).toEqual([
      'AlreadyExists',
      'The key stands for a reservation that was released.',
    ]);
    expect([await release('early'), await release('early')]).toEqual([false, false]);
    expect((await refusal(reserve('early', [[id, 1]])))[0]).toBe('AlreadyExists');
    expect((await refusal(commit('early')))[0]).toBe('FailedPrecondition');
    expect(await stockOf(id)).toBe('4=4+0');
  });

  it('sells units once, and takes what was sold back once', async () => {
    const [id, other] = [await put(4), await put(9)];
    await reserve('e', [
      [id, 3],
      [other, 1],
    ]);
    await commit('e');
    await commit('e');
    expect([await stockOf(id), await stockOf(other)]).toEqual(['1=1+0', '8=8+0']);
    expect((await refusal(reserve('e', [[id, 3]])))[0]).toBe('AlreadyExists');
    // What others hold meanwhile stays theirs.
    await reserve('of another', [[id, 1]]);
    expect([await release('e'), await release('e')]).toEqual([true, false]);
    expect([await stockOf(id), await stockOf(other)]).toEqual(['4=3+1', '9=9+0']);
    expect(await refusal(commit('e'))).toEqual([
      'FailedPrecondition',
      'The reservation was released.',
    ]);
    expect((await refusal(reserve('e', [[id, 3]])))[0]).toBe('AlreadyExists');
    expect(await stockOf(id)).toBe('4=3+1');
    expect((await refusal(commit('nobody')))[0]).toBe('NotFound');
  });

  it('lets nobody have a key for other items', async () => {
    const [one, other] = [await put(9), await put(9)];
    await reserve('f', [[one, 2]]);
    for (const items of [
      [[one, 3]],
      [[other, 2]],
      [
        [one, 2],
        [other, 1],
      ],
    ] as Items[]) {
      expect(await refusal(reserve('f', items))).toEqual([
        'AlreadyExists',
        'The key stands for other items.',
      ]);
    }
    expect([await stockOf(one), await stockOf(other)]).toEqual(['9=7+2', '9=9+0']);
  });

  it('gives units back whose time is over, and neither sells nor reserves them before', async () => {
    const id = await put(6);
    await reserve('g', [[id, 2]]);
    await reserve('h', [[id, 1]]);
    await reserve('i', [[id, 1]]);
    await endTime(database(), 'g');
    await endTime(database(), 'h');
    expect((await refusal(commit('g')))[1]).toBe('The reservation has expired.');
    expect((await refusal(reserve('g', [[id, 2]])))[1]).toMatch('that has expired');
    // Nobody has looked yet, and somebody gives it back.
    expect([await release('h'), await stockOf(id)]).toEqual([true, '6=3+3']);
    expect([await expireReservations(database()), await stockOf(id)]).toEqual([1, '6=5+1']);
    expect([await expireReservations(database()), await release('g')]).toEqual([0, false]);
    expect((await refusal(commit('g')))[0]).toBe('FailedPrecondition');
    expect((await refusal(reserve('g', [[id, 2]])))[0]).toBe('AlreadyExists');
    await commit('i');
    expect(await stockOf(id)).toBe('5=5+0');
  });

  it('forgets keys a month after their end, but not those of what was sold', async () => {
    const id = await put(4);
    for (const key of ['old', 'recent', 'held', 'sold']) await reserve(key, [[id, 1]]);
    await Promise.all([release('old'), release('recent'), commit('sold')]);
    const age = (key: string, days: number) =>
      database().query(
        `update reservations set updated_at = now() - $2 * interval '1 day' where key = $1`,
        [key, days],
      );
    await Promise.all([age('old', 30.1), age('recent', 29.9), age('held', 99), age('sold', 99)]);
    await forgetReservations(database());
    const { rows } = await database().query<{ key: string }>(
      `select key from reservations where key in ('old', 'recent', 'held', 'sold') order by key`,
    );
    expect(rows.map(({ key }) => key)).toEqual(['held', 'recent', 'sold']);
    // An order may be cancelled at any time.
    expect([await release('sold'), await stockOf(id)]).toEqual([true, '4=3+1']);
  });

  it('takes 1 to 50 items with an id and a quantity from 1, and 1 to 200 characters of a key', async () => {
    const id = await put(100);
    const ids = [id];
    while (ids.length < 50) ids.push(await put(1));
    const all = ids.map((each) => [each, 1] as const);
    await reserve('k'.repeat(200), all);
    const refused: readonly (readonly [string, Items, number?])[] = [
      ['x', []],
      ['x', [...all, [await put(1), 1]]],
      ['x', [[id, 0]]],
      ['x', [[id, -1]]],
      ['x', [[0n, 1]]],
      ['x', [[-1n, 1]]],
      [
        'x',
        [
          [id, 1],
          [id, 2],
        ],
      ],
      ['', [[id, 1]]],
      ['k'.repeat(201), [[id, 1]]],
      ['a\u0000b', [[id, 1]]],
      ['x', [[id, 1]], 0],
      ['x', [[id, 1]], 86_401],
    ];
    for (const [key, items, seconds] of refused) {
      expect([key, (await refusal(reserve(key, items, seconds)))[0]]).toEqual([
        key,
        'InvalidArgument',
      ]);
    }
    await reserve('day', [[id, 1]], 86_400);
    await reserve('second', [[id, 1]], 1);
    expect((await refusal(reserve('most', [[2n ** 63n - 1n, 2 ** 31 - 1]])))[0]).toBe('NotFound');
    expect((await refusal(reserve('most', [[id, 2 ** 31 - 1]])))[0]).toBe('FailedPrecondition');
  });

  it('reads products by their ids, and leaves out what is not there', async () => {
    const id = await put(7, '1.00');
    const { products } = await client().getProducts({ ids: [999_999n, id, id, -1n] }, SERVICE);
    expect(products).toMatchObject([{ id, name: 'Beans', price: '1.00', available: 7 }]);
    const ids = Array.from({ length: 100 }, (_, n) => BigInt(n + 1));
    expect((await client().getProducts({ ids }, SERVICE)).products.length).toBeGreaterThan(10);
    expect((await refusal(client().getProducts({ ids: [...ids, 101n] }, SERVICE)))[0]).toBe(
      'InvalidArgument',
    );
  });

  it('is for services', async () => {
    const get = (token?: string) => client().getProducts({ ids: [1n] }, token ? as(token) : {});
    expect((await refusal(get()))[0]).toBe('Unauthenticated');
    expect((await refusal(get('unknown')))[0]).toBe('Unauthenticated');
    expect((await refusal(get('user')))[0]).toBe('PermissionDenied');
    expect((await refusal(get('admin')))[0]).toBe('PermissionDenied');
  });

  it('holds in the database, whatever a program does', async () => {
    const id = String(await put(3));
    for (const wrong of [
      'available = -1, on_hand = -1',
      'available = 2',
      'on_hand = 4',
      'reserved = 1',
      'reserved = -1, available = 4',
    ]) {
      const update = database().query(`update products set ${wrong} where id = $1`, [id]);
      await expect(update, wrong).rejects.toMatchObject({ code: '23514' });
    }
  });
});

describe.skipIf(postgresMissing)(
  `many at once${postgresMissing ? ` (skipped: ${postgresMissing})` : ''}`,
  () => {
    const database = useDatabase(PRODUCT_MIGRATIONS);
    const { put, stockOf, reserve, release, commit } = useStock(database);

    it('sell to the last unit, and none twice', async () => {
      const ids = [await put(10), await put(10), await put(10)];
      // Each in an order of its own, which would be a deadlock if rows were locked as they come.
      const outcomes = await Promise.all(
        Array.from({ length: 90 }, (_, n) => {
          const items = [0, 1].map((k) => [ids[(n + (n % 2 ? k : 1 - k)) % 3] ?? 0n, 1] as const);
          return patiently(() => reserve(`many-${n}`, items));
        }),
      );
      const won = outcomes.flatMap((outcome, n) => (typeof outcome === 'string' ? [] : [n]));
      expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual(
        Array.from({ length: 90 - won.length }, () => 'FailedPrecondition'),
      );
      const left = async () => (await Promise.all(ids.map(stockOf))).join(' ');
      // Two units each; of the last ones a pair may not be there.
      expect(won.length).toBeGreaterThanOrEqual(10);
      expect(won.length).toBeLessThanOrEqual(15);
      const taken = ids.map((_, p) => won.filter((n) => [n % 3, (n + 1) % 3].includes(p)).length);
      expect(await left()).toBe(taken.map((units) => `10=${10 - units}+${units}`).join(' '));
      // Sold, given back and ended at once, several times each.
      await Promise.all(
        won.flatMap((n) => {
          const end = n % 2 ? commit : release;
          return [1, 2].map(() => patiently<unknown>(() => end(`many-${n}`)));
        }),
      );
      const sold = ids.map(
        (_, p) => won.filter((n) => n % 2 === 1 && [n % 3, (n + 1) % 3].includes(p)).length,
      );
      expect(await left()).toBe(sold.map((units) => `${10 - units}=${10 - units}+0`).join(' '));
    });

    it('have one reservation of one key', async () => {
      const id = await put(50);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => patiently(() => reserve('same', [[id, 2]]))),
      );
      expect(
        new Set(answers.map((answer) => (typeof answer === 'string' ? answer : answer.total))),
      ).toEqual(new Set(['5.00']));
      expect(await stockOf(id)).toBe('50=48+2');
    });

    it('end reservations once, whoever looks', async () => {
      const id = await put(300);
      const keys = Array.from({ length: 30 }, (_, n) => `end-${n}`);
      await Promise.all(keys.map((key) => patiently(() => reserve(key, [[id, 10]]))));
      await database().query(`update reservations set expires_at = now() where key like 'end-%'`);
      const ended = await Promise.all([
        ...[1, 2, 3].map(() => expireReservations(database())),
        ...keys.map(async (key) => ((await patiently(() => release(key))) === true ? 1 : 0)),
      ]);
      // What somebody had in hand is left for the next look.
      const rest = await expireReservations(database());
      expect(ended.reduce((sum, count) => sum + count, rest)).toBe(30);
      expect(await stockOf(id)).toBe('300=300+0');
    });
  },
);
