export {
  createOrdersClient,
  type OrdersClient,
  type OrdersClientOptions,
} from './orders-client.ts';
