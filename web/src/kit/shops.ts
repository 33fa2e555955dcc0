import { useQuery } from '@tanstack/react-query';
import * as calls from '@/api/calls';

/** Shops to filter by: those the caller may see. */
export function useShopOptions(): { value: string; label: string }[] {
  const query = useQuery({ queryKey: ['shops'], queryFn: calls.shops, staleTime: 5 * 60_000 });
  return (query.data?.items ?? []).map((shop) => ({ value: shop.id, label: shop.name }));
}
