import { useSending } from '@/kit/fields';

const KEYS = ['members', 'roles', 'api-keys'];

/** Sends a change of members, roles or keys and shows all as they are then. */
export const useSend = <V,>(send: () => Promise<V>, onDone: () => void) => useSending(send, onDone, KEYS);
