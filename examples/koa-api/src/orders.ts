/** An order, and who placed it. */
export interface Order {
  readonly id: number;
  /** `principal.key` of the user: unique across issuers, and never that of a machine. */
  readonly placedBy: string;
}

/** In place of a database. */
export interface Orders {
  place(userKey: string): Order;
  placedBy(userKey: string): readonly Order[];
  all(): readonly Order[];
}

/** An empty store of orders in memory. */
export function createOrders(): Orders {
  const orders: Order[] = [];
  return {
    place(placedBy) {
      const order = { id: orders.length + 1, placedBy };
      orders.push(order);
      return order;
    },
    placedBy: (userKey) => orders.filter(({ placedBy }) => placedBy === userKey),
    all: () => [...orders],
  };
}
