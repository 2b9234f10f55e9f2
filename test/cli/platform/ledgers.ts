import pg from 'pg';

/** Asks a database that may be away. */
export async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Puts five products into stock. @returns their ids */
export async function stock(url: string, units: number): Promise<number[]> {
  const rows = await ask<{ id: string }>(
    url,
    `insert into products (name, description, search_text, price, on_hand, available)
      select 'Proof ' || n, '', 'proof', n + 0.05, ${units}, ${units} from generate_series(1, 5) as n returning id`,
  );
  return rows.map(({ id }) => Number(id));
}

/** What stands in the databases of orders, payments and products. @param units that each product had */
export async function sums(urlOf: (name: string) => string, units: number) {
  const [orders] = await ask<{ count: number; amount: string }>(
    urlOf('orders'),
    `select count(*)::int as count, coalesce(sum(total), 0)::text as amount from orders where status <> 'cancelled'`,
  );
  const ordered = await ask<{ id: string; units: number }>(
    urlOf('orders'),
    `select i.product_id as id, sum(i.quantity)::int as units from order_items i
      join orders o on o.id = i.order_id where o.status <> 'cancelled' group by 1 order by 1`,
  );
  const all = await ask<{ id: number; status: string }>(
    urlOf('orders'),
    'select id::int, status from orders order by id',
  );
  const [sagas] = await ask<{ compensation_failed: number; total: number }>(
    urlOf('orders'),
    `select count(*) filter (where state = 'compensation_failed')::int as compensation_failed,
       count(*)::int as total from sagas`,
  );
  const payments = await ask<{ status: string; count: number; amount: string }>(
    urlOf('payments'),
    `select status, count(*)::int as count, coalesce(sum(amount), 0)::text as amount from payments group by 1`,
  );
  const paidOrders = await ask<{ id: number }>(
    urlOf('payments'),
    `select order_id::int as id from payments where status = 'paid' order by 1`,
  );
  const sold = await ask<{ id: string; units: number }>(
    urlOf('products'),
    `select id, ${units} - on_hand as units from products where name like 'Proof %' order by id`,
  );
  const [reserved] = await ask<{ units: number }>(
    urlOf('products'),
    'select sum(reserved)::int as units from products',
  );
  const paymentsOf = (wanted: string) => {
    const { count = 0, amount = '0' } = payments.find(({ status }) => status === wanted) ?? {};
    return { count, amount };
  };
  return {
    ...{ orders, ordered, sagas, sold },
    paid: paymentsOf('paid'),
    paidOrders: paidOrders.map(({ id }) => id),
    refunded: paymentsOf('refunded'),
    reserved: reserved?.units,
    made: all.map(({ id }) => id),
    cancelled: all.flatMap(({ id, status }) => (status === 'cancelled' ? [id] : [])),
    standing: all.flatMap(({ id, status }) => (status === 'cancelled' ? [] : [id])),
  };
}
