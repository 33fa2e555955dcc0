import type { OrderListed } from '@/api/types';

/** Whether the order ended at another platform before it was imported: money and parcels went there. */
export const isFromElsewhere = (order: Pick<OrderListed, 'source'>) => order.source.startsWith('import:');
