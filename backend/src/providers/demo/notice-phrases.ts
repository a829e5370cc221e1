import type { Tone } from './prompt-brief.ts'

export type Choice = readonly [string, ...string[]]

/** Beginnings that take a topic of any form behind the colon: a noun, a phrase or a whole sentence. */
export const openings: Record<Tone, Choice> = {
  friendly: [
    'We have news for you: {topic}.',
    'A short note from us, so that nothing takes you by surprise: {topic}.',
    'Good to know, and good to pass on: {topic}.',
  ],
  formal: [
    'We hereby inform you of the following: {topic}.',
    'Please take note of the following: {topic}.',
    'This notice concerns the following matter: {topic}.',
  ],
  urgent: ['This needs your attention today: {topic}.', 'Please read this at once: {topic}.', 'Important: {topic}.'],
  plain: ['This is to let you know: {topic}.', 'Here is what you should know: {topic}.', 'In one sentence: {topic}.'],
}

/** Said next, by tone; the sections below are for everybody. */
export const assurances: Record<Tone, Choice> = {
  friendly: [
    'We have planned it so that it gets in your way as little as possible, and somebody will be there if you need a hand.',
    'Most of you will hardly notice it. Where something does change for you, we tell you early and in person.',
  ],
  formal: [
    'The necessary arrangements have been made. Existing agreements remain in force unless stated otherwise.',
    'All measures have been coordinated with those concerned and follow the usual procedure.',
  ],
  urgent: [
    'Please check whether you are affected, and act on it before the end of the day.',
    'If you are affected, finish what you have open now and follow the steps you were given.',
  ],
  plain: [
    'The plan is settled and the people involved have been told.',
    'It takes effect as announced. Whatever is not mentioned here stays as it is.',
  ],
}

/** Parts of a longer notice, in the order in which they are added; {who} is the audience. */
export const sections: readonly { title: string; sentences: readonly string[] }[] = [
  {
    title: 'What it means for {who}',
    sentences: [
      'You do not have to prepare anything in advance.',
      'If something that you rely on is touched by it, you will hear from us at least a day before.',
      'Everything that is not named here goes on as you know it.',
      'If your situation is special, write to us and we look at it together.',
    ],
  },
  {
    title: 'Why now',
    sentences: [
      'Many of you have asked for it, and the last months have shown that it works better this way.',
      'We have tried it on a small scale first and changed what did not work.',
      'Waiting longer would have made it more work for everybody.',
    ],
  },
  {
    title: 'What happens next',
    sentences: [
      'The first step is done by the people in charge; you will see a note at the entrance when it is finished.',
      'After two weeks we look back at what went well and what did not.',
      'What we learn from it goes into the next notice, so keep an eye on this board.',
      'Should a date move, we tell you here first.',
    ],
  },
  {
    title: 'How you can help',
    sentences: [
      'Tell the people next to you: not everybody reads notices right away.',
      'If you see something that does not work as described here, let us know on the same day.',
      'Ideas are welcome too; the best ones came from you before.',
    ],
  },
  {
    title: 'In case of questions',
    sentences: [
      'Most answers are on the page behind this notice.',
      'Who would rather talk finds somebody at the front desk every morning.',
      'Questions that come up more than once are answered here for all.',
    ],
  },
]

/** Goes on for as long as a very long answer was asked for; `number` counts from 1. */
export function furtherNote(number: number): string {
  const notes: Choice = [
    'the list of those who were told is kept up to date',
    'the dates of this step have been checked again',
    'the people in charge have met and found nothing in the way',
    'what was asked since the last note has been answered',
    'the plan has stood up to a second look',
    'nothing has changed for those who are not named above',
  ]
  return `Note ${number}: ${notes[(number - 1) % notes.length] ?? notes[0]}.`
}

export const closings: Record<Tone, Choice> = {
  friendly: [
    'Questions? Just reply, we are happy to help.\n\nWarm regards',
    'Write to us whenever you like.\n\nSee you soon',
  ],
  formal: ['For further information please contact us.\n\nYours sincerely'],
  urgent: ['If anything is unclear, call us right away.\n\nThank you'],
  plain: [
    'If you have questions, reply to this message.\n\nKind regards',
    'Please reply if something is unclear.\n\nKind regards',
  ],
}

export const greetings: Record<Tone, string> = {
  friendly: 'Hello {who},',
  formal: 'Dear {who},',
  urgent: 'To {who}:',
  plain: 'Dear {who},',
}
