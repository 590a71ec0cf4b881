import { type RouteConfig, route } from '@react-router/dev/routes'

export default [
  route('cart', 'cart.ts'),
  route('cart/:sku', 'cart-item.ts'),
  route('pay', 'pay.ts'),
] satisfies RouteConfig
