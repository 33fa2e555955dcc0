/** Five stories of the demo market, each with a real case that is open for it now. */

import { useQuery } from '@tanstack/react-query';
import * as calls from '@/api/calls';
import { problemOf } from '@/api/problem';
import type { TourStory } from '@/api/types';
import { Empty, Failed, Skeleton } from '@/kit/PageState';
import { useText } from '@/kit/text';
import { Story } from '../parts/Story';

export function Tour() {
  const { t } = useText();
  const query = useQuery({ queryKey: ['demo', 'tour'], queryFn: calls.demoTour, retry: false });
  if (query.error) return problemOf(query.error).isMissing ? <Empty title={t('demo.absent')} /> : <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton />;
  return <Stories stories={query.data} />;
}

function Stories({ stories }: { stories: TourStory[] }) {
  const { t } = useText();
  return (
    <div className="tour-page">
      <header className="page-head"><h1>{t('tour.title')}</h1><p className="muted">{t('tour.about')}</p></header>
      <ol className="tour">
        {stories.map((story, i) => <Story key={story.story} number={i + 1} story={story} />)}
      </ol>
    </div>
  );
}
