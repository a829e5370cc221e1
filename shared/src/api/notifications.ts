import { z } from 'zod'
import { NoticeAction, NoticeCategory, NoticeLevel } from '../events/notice.ts'
import { PageQuery, pageOf } from './page.ts'

/** What an owner tells every member of the workspace. */
export const Announce = z.object({
  level: NoticeLevel.default('info'),
  title: z.string().trim().min(1).max(200),
  message: z.string().trim().max(1000).default(''),
  actions: z.array(NoticeAction).max(3).default([]),
})
export type Announce = z.input<typeof Announce>

/** `count`: members who are told, now or when they are back. */
export const Announced = z.object({ count: z.int() })
export type Announced = z.output<typeof Announced>

/** A notice as it is kept. */
export const Notification = z.object({
  /** Its number in the topic of its person; an event with a higher one is newer. */
  seq: z.int(),
  timestamp: z.number(),
  level: NoticeLevel,
  category: NoticeCategory,
  title: z.string(),
  message: z.string(),
  actions: z.array(NoticeAction).optional(),
})
export type Notification = z.output<typeof Notification>

/** The newest first. */
export const NotificationsQuery = PageQuery
export const Notifications = pageOf(Notification)
