import { useEffect } from 'react'

/** The document's title while a page is shown: "Inbox · Millrace". */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return
    document.title = `${title} · Millrace`
    return () => {
      document.title = 'Millrace'
    }
  }, [title])
}
