/** Where each page lives. One lazy chunk per capability; pages reach each other by these paths only. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '@/kit/listUrl';
import { NoPage } from '@/kit/PageState';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NoPage });
const getParentRoute = () => root;

const board = createRoute({ getParentRoute, path: '/', component: lazyRouteComponent(() => import('@/capabilities/board/pages/Board'), 'Board') });
const orders = createRoute({
  getParentRoute, path: '/orders', component: lazyRouteComponent(() => import('@/capabilities/orders/pages/Orders'), 'Orders'),
});
const order = createRoute({
  getParentRoute, path: '/orders/$id', component: lazyRouteComponent(() => import('@/capabilities/orders/pages/Order'), 'OrderPage'),
});
const aftersales = createRoute({
  getParentRoute, path: '/aftersales', component: lazyRouteComponent(() => import('@/capabilities/aftersales/pages/Cases'), 'Cases'),
});
const aftersalesCase = createRoute({
  getParentRoute, path: '/cases/$id', component: lazyRouteComponent(() => import('@/capabilities/aftersales/pages/Case'), 'CasePage'),
});
const imports = createRoute({
  getParentRoute, path: '/imports', component: lazyRouteComponent(() => import('@/capabilities/imports/pages/Imports'), 'Imports'),
});
const importPage = createRoute({
  getParentRoute, path: '/imports/$id', component: lazyRouteComponent(() => import('@/capabilities/imports/pages/Import'), 'ImportPage'),
});
const exportsRoute = createRoute({
  getParentRoute, path: '/exports', component: lazyRouteComponent(() => import('@/capabilities/exports/pages/Exports'), 'Exports'),
});
const batches = createRoute({
  getParentRoute, path: '/batches', component: lazyRouteComponent(() => import('@/capabilities/batches/pages/Batches'), 'Batches'),
});
const batch = createRoute({
  getParentRoute, path: '/batches/$id', component: lazyRouteComponent(() => import('@/capabilities/batches/pages/Batch'), 'BatchPage'),
});
const members = createRoute({
  getParentRoute, path: '/members', component: lazyRouteComponent(() => import('@/capabilities/identity/pages/Members'), 'Members'),
});
const roles = createRoute({
  getParentRoute, path: '/roles', component: lazyRouteComponent(() => import('@/capabilities/identity/pages/Roles'), 'Roles'),
});
const apiKeys = createRoute({
  getParentRoute, path: '/api-keys', component: lazyRouteComponent(() => import('@/capabilities/identity/pages/ApiKeys'), 'ApiKeys'),
});
const webhooks = createRoute({
  getParentRoute, path: '/webhooks', component: lazyRouteComponent(() => import('@/capabilities/webhooks/pages/Webhooks'), 'Webhooks'),
});
const deliveries = createRoute({
  getParentRoute, path: '/webhooks/$id', component: lazyRouteComponent(() => import('@/capabilities/webhooks/pages/Deliveries'), 'Deliveries'),
});
const operations = createRoute({
  getParentRoute, path: '/operations', component: lazyRouteComponent(() => import('@/capabilities/oplog/pages/Operations'), 'Operations'),
});
const packs = createRoute({ getParentRoute, path: '/packs', component: lazyRouteComponent(() => import('@/capabilities/packs/pages/Packs'), 'Packs') });
const pack = createRoute({
  getParentRoute, path: '/packs/$pack/$kind', component: lazyRouteComponent(() => import('@/capabilities/packs/pages/Pack'), 'PackPage'),
});
const replays = createRoute({
  getParentRoute, path: '/replays', component: lazyRouteComponent(() => import('@/capabilities/replays/pages/Replays'), 'Replays'),
});
const replay = createRoute({
  getParentRoute, path: '/replays/$id', component: lazyRouteComponent(() => import('@/capabilities/replays/pages/Replay'), 'ReplayPage'),
});
const differences = createRoute({
  getParentRoute, path: '/differences/$from/$to', component: lazyRouteComponent(() => import('@/capabilities/replays/pages/Differences'), 'Differences'),
});
const calendar = createRoute({
  getParentRoute, path: '/calendars/$region/$year', component: lazyRouteComponent(() => import('@/capabilities/calendars/pages/Calendar'), 'CalendarPage'),
});
const demo = createRoute({ getParentRoute, path: '/demo', component: lazyRouteComponent(() => import('@/capabilities/demo/pages/DemoClock'), 'DemoClock') });
const tour = createRoute({ getParentRoute, path: '/tour', component: lazyRouteComponent(() => import('@/capabilities/tour/pages/Tour'), 'Tour') });
const status = createRoute({ getParentRoute, path: '/status', component: lazyRouteComponent(() => import('@/capabilities/system/pages/Status'), 'Status') });
const account = createRoute({
  getParentRoute, path: '/account', component: lazyRouteComponent(() => import('@/capabilities/identity/pages/Account'), 'Account'),
});

const register = createRoute({
  getParentRoute, path: '/register', component: lazyRouteComponent(() => import('@/capabilities/verification/pages/Register'), 'Register'),
});
const myVerification = createRoute({
  getParentRoute, path: '/verification', component: lazyRouteComponent(() => import('@/capabilities/verification/pages/Mine'), 'MyVerification'),
});
const verifications = createRoute({
  getParentRoute, path: '/verifications', component: lazyRouteComponent(() => import('@/capabilities/verification/pages/Desk'), 'Desk'),
});
const review = createRoute({
  getParentRoute, path: '/verifications/$id', component: lazyRouteComponent(() => import('@/capabilities/verification/pages/Review'), 'ReviewPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([board, orders, order, aftersales, aftersalesCase, imports, importPage, exportsRoute, batches, batch, members, roles, apiKeys, webhooks, deliveries, operations, packs, pack, replays, replay, differences, calendar, demo, tour, status, account, register, myVerification, verifications, review]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
