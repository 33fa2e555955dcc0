import type { TourStory } from '@/api/types';

/** The words of each story. */
export const TEXTS = {
  decide: {
    title: 'tour.decide_title', look: 'tour.decide_look', rule: 'tour.decide_rule',
    steps: ['tour.decide_1', 'tour.decide_2', 'tour.decide_3'],
  },
  silence: {
    title: 'tour.silence_title', look: 'tour.silence_look', rule: 'tour.silence_rule',
    steps: ['tour.silence_1', 'tour.silence_2', 'tour.silence_3'],
  },
  refusal: {
    title: 'tour.refusal_title', look: 'tour.refusal_look', rule: 'tour.refusal_rule',
    steps: ['tour.refusal_1', 'tour.refusal_2', 'tour.refusal_3'],
  },
  replay: {
    title: 'tour.replay_title', look: 'tour.replay_look', rule: 'tour.replay_rule',
    steps: ['tour.replay_1', 'tour.replay_2', 'tour.replay_3'],
  },
  phone: {
    title: 'tour.phone_title', look: 'tour.phone_look', rule: 'tour.phone_rule',
    steps: ['tour.phone_1', 'tour.phone_2', 'tour.phone_3'],
  },
} as const satisfies Record<TourStory['story'], { title: string; look: string; rule: string; steps: readonly string[] }>;
