import { describe, expect, it } from 'vitest';
import { PRODUCT_MIGRATIONS } from '../../../../src/lib/platform/products/migrations.ts';
import { productRoutes } from '../../../../src/lib/platform/products/routes.ts';
import { reserve } from '../../../../src/lib/platform/products/stock/reserve.ts';
import { authenticate, useService } from '../service.ts';
import { useDatabase } from '../service-database.ts';

const NEW = { name: 'Beans', price: '19.90', stock: 5 };

describe('products', () => {
  const database = useDatabase(PRODUCT_MIGRATIONS);
  const { send } = useService('products', () => ({
    routes: productRoutes(database(), authenticate),
  }));
  const asAdmin = (method: string, path: string, body?: unknown) =>
    send(method, path, { body, token: 'admin' });
  const put = async (more: object = {}) =>
    (await asAdmin('POST', '/products', { ...NEW, ...more })).body.id as number;
  const found = async (q: string) => {
    const { body } = await send('GET', `/products?limit=100&q=${encodeURIComponent(q)}`);
    return body.products.map(({ name }: { name: string }) => name) as string[];
  };

  it('are there from the start, one of them sold out', async () => {
    const { status, body } = await send('GET', '/products');
    expect(status).toBe(200);
    expect(body.products.length).toBeGreaterThanOrEqual(15);
    expect(body.products[0]).toEqual({
      id: 1,
      name: 'Espresso beans',
      description: 'Dark roast from Sumatra, 1 kg',
      price: '19.90',
      available: 1000,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect(body.products.some(({ available }: { available: number }) => available === 0)).toBe(
      true,
    );
    expect(body.page).toEqual({ limit: 20, next_cursor: null });
  });

  it('come in pages, each once, also where some are put between', async () => {
    const ids: number[] = [];
    let after = '';
    for (let page = 0; ; page++) {
      const { body } = await send('GET', `/products?limit=4${after}`);
      ids.push(...body.products.map(({ id }: { id: number }) => id));
      if (page === 0) await put({ name: 'Put between' });
      if (body.page.next_cursor === null) break;
      expect(body.products).toHaveLength(4);
      after = `&after=${body.page.next_cursor}`;
    }
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids.length).toBeGreaterThanOrEqual(16);
    // As many as there are: there is no next page.
    const whole = await send('GET', `/products?limit=${ids.length}`);
    expect(whole.body.page.next_cursor).toBeNull();
    expect((await send('GET', `/products?limit=${ids.length - 1}`)).body.page.next_cursor).toBe(
      String(ids.at(-2)),
    );
    expect((await send('GET', `/products?after=${ids.at(-1)}`)).body.products).toEqual([]);
  });

  it('are found by words in any case and script, and by what LIKE takes for wildcards', async () => {
    await put({ name: 'Große ÖLKANNE', description: 'for 100% pure_oil' });
    await put({ name: 'ΟΔΥΣΣΕΥΣ', description: 'a book \\ a poem' });
    await put({ name: 'Ёлка', description: 'ist’anbul ｆｕｌｌ' });
    for (const q of ['ölkanne', 'ÖLKANNE', 'GROSSE', 'große', 'o\u0308lkanne', 'öl groß', 'GROß']) {
      expect([q, await found(q)]).toEqual([q, ['Große ÖLKANNE']]);
    }
    for (const q of ['οδυσσευς', 'οδυσσευσ', 'Οδυσσεύς'.normalize('NFD').replace(/\u0301/, '')]) {
      expect([q, await found(q)]).toEqual([q, ['ΟΔΥΣΣΕΥΣ']]);
    }
    expect(await found('ёЛКА full')).toEqual(['Ёлка']);
    expect(await found('100%')).toEqual(['Barista apron', 'Große ÖLKANNE']);
    expect(await found('pure_oil')).toEqual(['Große ÖLKANNE']);
    expect(await found('k \\ p')).toEqual(['ΟΔΥΣΣΕΥΣ']);
    for (const q of ['pure.oil', '%kanne_', '10_%', '\\\\', 'öl beans', "'; drop table products"]) {
      expect([q, await found(q)]).toEqual([q, []]);
    }
    expect((await found('  ')).length).toBeGreaterThan(15);
  });

  it('are read one by one', async () => {
    const { body } = await send('GET', '/products/2');
    expect(body).toMatchObject({ id: 2, name: 'Filter coffee', price: '12.50' });
    expect(body).not.toHaveProperty('reserved');
    const missing = await send('GET', '/products/9007199254740991');
    expect([missing.status, missing.body.code]).toEqual([404, 'product_not_found']);
  });

  it('are made and changed by administrators', async () => {
    const made = await asAdmin('POST', '/products', { ...NEW, name: '  Tea ', price: 7.5 });
    const id = made.body.id as number;
    expect([made.status, made.headers.get('location')]).toEqual([201, `/products/${id}`]);
    expect(made.body).toMatchObject({
      ...{ name: 'Tea', description: '', price: '7.50', available: 5, on_hand: 5, reserved: 0 },
    });
    const changed = await asAdmin('PATCH', `/products/${id}`, { price: '0.00', stock: 9 });
    expect(changed.body).toMatchObject({ name: 'Tea', price: '0.00', available: 9, on_hand: 9 });
    await asAdmin('PATCH', `/products/${id}`, { name: 'Oolong', description: 'from Anxi' });
    expect([await found('tea oolong'), await found('anxi OOLONG')]).toEqual([[], ['Oolong']]);
    expect((await asAdmin('PATCH', '/products/999999', { stock: 1 })).status).toBe(404);
  });

  it('keep what is reserved', async () => {
    const id = await put({ stock: 5 });
    await reserve(database(), {
      key: 'rest',
      items: [{ productId: String(id), quantity: 3 }],
      expiresAfterMs: 60_000,
    });
    const refused = await asAdmin('PATCH', `/products/${id}`, { stock: 2 });
    expect([refused.status, refused.body.code]).toEqual([409, 'units_reserved']);
    const { body } = await asAdmin('PATCH', `/products/${id}`, { stock: 3 });
    expect(body).toMatchObject({ on_hand: 3, reserved: 3, available: 0 });
  });

  it('are changed by nobody else', async () => {
    for (const [token, status] of [
      [undefined, 401],
      ['user', 403],
      ['service', 403],
    ] as const) {
      for (const [method, path] of [
        ['POST', '/products'],
        ['PATCH', '/products/1'],
      ] as const) {
        const answer = await send(method, path, { body: NEW, token });
        expect([token, answer.status]).toEqual([token, status]);
      }
    }
    expect((await send('GET', '/products/1')).body.name).toBe('Espresso beans');
  });

  it('are refused with what no product has', async () => {
    for (const [field, ...values] of [
      ['price', '1.999', '-1', '100000000', true, 'x'],
      ['name', '', ' ', 'x'.repeat(201), 'a\u0000b', 5],
      ['description', 'x'.repeat(2001), null],
      ['stock', -1, 1.5, 1_000_000_001, '5'],
      ['id', 5],
    ] as const) {
      for (const value of values) {
        for (const [method, path, body] of [
          ['POST', '/products', { ...NEW, [field]: value }],
          ['PATCH', '/products/1', { name: 'Tea', [field]: value }],
        ] as const) {
          const { status, body: answer } = await asAdmin(method, path, body);
          expect([status, Object.keys(answer.errors)]).toEqual([422, [field]]);
        }
      }
    }
    expect((await send('GET', '/products/1')).body.name).toBe('Espresso beans');
  });

  it('take the largest values', async () => {
    const most = { name: 'x'.repeat(200), description: 'y'.repeat(2000), price: '99999999.99' };
    const { status, body } = await asAdmin('POST', '/products', { ...most, stock: 1_000_000_000 });
    expect([status, body.price, body.available]).toEqual([201, '99999999.99', 1_000_000_000]);
    const empty = await asAdmin('PATCH', '/products/1', {});
    expect([empty.status, empty.body.errors]).toEqual([
      422,
      { body: ['must have name, description, price or stock'] },
    ]);
  });

  it('refuse queries and ids that are none', async () => {
    for (const path of [
      ...['/products?limit=0', '/products?limit=101', '/products?limit=1e1', '/products?after=0'],
      ...['/products?after=-1', '/products?limit=5&limit=6', '/products?x=1', '/products/0'],
      ...['/products/01', '/products/1.0', '/products/9007199254740992', '/products?q=%00'],
      `/products?q=${'x'.repeat(101)}`,
    ]) {
      expect([path, (await send('GET', path)).status]).toEqual([path, 422]);
    }
    expect((await send('GET', `/products?q=${'x'.repeat(100)}`)).status).toBe(200);
  });
});
