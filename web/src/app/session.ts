/** Who is logged in. Null while nobody is; undefined while we do not know. */

import { QueryClient, useQuery } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import { setSignedOut } from '@/api/http';
import { Problem } from '@/api/problem';
import type { Session } from '@/api/types';

const STALE_MS = 15_000;
const RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      refetchOnWindowFocus: true,
      retry: (failures, error) => failures < RETRIES && error instanceof Problem && (error.status === 0 || error.status >= 500),
    },
  },
});

const KEY = ['session'];

setSignedOut(() => {
  // Who never was in has nothing to be forgotten, and what a public page has just asked for must come.
  if (queryClient.getQueryData(KEY)) forget();
  queryClient.setQueryData(KEY, null);
});

async function load(): Promise<Session | null> {
  try {
    return await calls.session();
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export function useSessionQuery() {
  return useQuery({ queryKey: KEY, queryFn: load, staleTime: Infinity });
}

export function useSession(): Session | null {
  return useSessionQuery().data ?? null;
}

/** What one person saw is nobody else's. The session's own entry stays: the shell listens to it. */
function forget(): void {
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
}

export async function enter(login: string, password: string, code?: string): Promise<void> {
  const session = await calls.logIn(login, password, code);
  forget();
  queryClient.setQueryData(KEY, session);
}

export async function leave(): Promise<void> {
  await calls.logOut().catch(() => undefined);
  forget();
  queryClient.setQueryData(KEY, null);
}
