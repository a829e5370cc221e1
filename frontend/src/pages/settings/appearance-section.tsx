import { Monitor, Moon, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Theme, useTheme } from '../../stores/theme-store.ts'
import { SectionCard } from '../../ui/card.tsx'
import { Segmented } from '../../ui/segmented.tsx'

const themes: readonly { value: Theme; label: string; icon: ReactNode }[] = [
  { value: 'system', label: 'As the system', icon: <Monitor /> },
  { value: 'light', label: 'Light', icon: <Sun /> },
  { value: 'dark', label: 'Dark', icon: <Moon /> },
]

export function AppearanceSection() {
  const { theme, setTheme } = useTheme()
  return (
    <SectionCard title="Appearance">
      <div className="flex flex-wrap items-center justify-between gap-3 py-1">
        <div>
          <p>Theme</p>
          <p className="text-small text-ink-2">Kept in this browser.</p>
        </div>
        <Segmented aria-label="Theme" value={theme} onValueChange={setTheme} options={themes} />
      </div>
    </SectionCard>
  )
}
