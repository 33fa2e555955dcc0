import { App } from 'antd';
import { useRouter } from '@tanstack/react-router';
import { problemOf } from '@/api/problem';
import type { TourStory } from '@/api/types';
import { enter, useSession } from '@/app/session';
import { problemText, useText } from '@/kit/text';

/** Opens a story's page as the person who lives it; buyers have a page of their own. */
export function useOpening(): (story: TourStory) => Promise<void> {
  const router = useRouter();
  const session = useSession();
  const { message } = App.useApp();
  const { t } = useText();
  return async ({ login, password, party, path }) => {
    if (!path) return;
    try {
      if (session?.login !== login) await enter(login, password);
      if (party === 'buyer') location.assign(path);
      else router.history.push(path);
    } catch (error) {
      void message.error(problemText(t, problemOf(error)));
    }
  };
}
