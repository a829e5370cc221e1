import type { ReactNode } from 'react'
import { ChannelScene } from './channel-scene.tsx'
import { WheelMark } from './wheel-mark.tsx'

/** What set-up and sign-in share: the form at the left, at the right the product in one picture. */
export function Door({ title, intro, children }: { title: string; intro: ReactNode; children: ReactNode }) {
  return (
    <div className="grid min-h-dvh bg-surface lg:grid-cols-[minmax(440px,5fr)_7fr]">
      <main className="flex flex-col px-6 py-8 sm:px-12 lg:border-r">
        <div className="flex items-center gap-3">
          <WheelMark size={32} />
          <span className="text-t2 font-title">Millrace</span>
        </div>
        <div className="mx-auto my-auto w-full max-w-[360px] py-10">
          <h1 className="text-t1">{title}</h1>
          <p className="mt-2 mb-7 text-pretty text-ink-2">{intro}</p>
          {children}
        </div>
      </main>
      <aside aria-hidden="true" className="relative hidden overflow-hidden bg-paper lg:block">
        <ChannelScene />
      </aside>
    </div>
  )
}
