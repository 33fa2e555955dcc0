/** Joins the live channel to the pages: an event makes what it touches load anew, gathered so that a busy market stays calm. */

import { useEffect, useState } from 'react';
import { Live } from '@/api/live';
import * as calls from '@/api/calls';
import type { LiveEvent } from '@/api/types';
import { isAhead, localNow, syncTime } from '@/kit/ticker';
import { queryClient } from './session';

const GATHER_MS = 400;
const SYNC_MS = 5 * 60_000;

/** Lists that any case may appear in or leave. */
const LISTS = [['board'], ['orders'], ['aftersales'], ['verifications'], ['states']];

export async function loadTime(): Promise<void> {
  const begin = localNow();
  const time = await calls.serverTime();
  syncTime(time, localNow() - begin);
}

function refresher() {
  const cases = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBehind = false;
  const run = () => {
    timer = undefined;
    if (isBehind) void loadTime().catch(() => undefined);
    isBehind = false;
    for (const id of cases) {
      void queryClient.invalidateQueries({ queryKey: ['case', id] });
    }
    cases.clear();
    for (const queryKey of [...LISTS, ['order'], ['demo', 'clock'], ['demo', 'parcels']]) void queryClient.invalidateQueries({ queryKey });
  };
  return (event: LiveEvent) => {
    isBehind ||= isAhead(event.at);
    if (event.case_id) cases.add(event.case_id);
    timer ??= setTimeout(run, GATHER_MS);
  };
}

/** Whether the channel is open; runs while `isOn`. */
export function useLive(isOn: boolean): boolean {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOn) return undefined;
    const url = `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/v1/live`;
    const live = new Live(url, { onEvent: refresher(), onReset: () => void queryClient.invalidateQueries(), onState: setOpen });
    live.start();
    const sync = () => void loadTime().catch(() => undefined);
    sync();
    const timer = setInterval(sync, SYNC_MS);
    return () => {
      live.stop();
      clearInterval(timer);
    };
  }, [isOn]);
  return isOpen;
}
