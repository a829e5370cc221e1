import { useEffect } from 'react'
import { useLocation } from 'react-router'
import { usePageTitle } from '../../ui/page-title.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { AboutSection } from './about-section.tsx'
import { ApiKeysSection } from './api-keys-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { CredentialsSection } from './credentials-section.tsx'
import { HooksSection } from './hooks-section.tsx'
import { MembersSection } from './members-section.tsx'
import { ProfileSection } from './profile-section.tsx'
import { WorkspaceSection } from './workspace-section.tsx'

const places = [
  { id: 'profile', label: 'Profile', Section: ProfileSection },
  { id: 'workspace', label: 'Workspace', Section: WorkspaceSection },
  { id: 'members', label: 'Members', Section: MembersSection },
  { id: 'appearance', label: 'Appearance', Section: AppearanceSection },
  { id: 'credentials', label: 'Model credentials', Section: CredentialsSection },
  { id: 'api-keys', label: 'API keys', Section: ApiKeysSection },
  { id: 'hooks', label: 'Hooks', Section: HooksSection },
  { id: 'about', label: 'About', Section: AboutSection },
] as const

export default function SettingsPage() {
  usePageTitle('Settings')
  const { hash } = useLocation()
  useEffect(() => {
    if (hash !== '') document.getElementById(hash.slice(1))?.scrollIntoView()
  }, [hash])
  return (
    <>
      <TopBar title="Settings" />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid max-w-[960px] gap-8 px-4 py-6 lg:grid-cols-[160px_1fr]">
          <nav aria-label="Settings" className="sticky top-6 hidden self-start lg:block">
            <ul className="flex flex-col gap-0.5">
              {places.map(({ id, label }) => (
                <li key={id}>
                  <a
                    href={`#${id}`}
                    className="block rounded-control px-2.5 py-1.5 text-ink-2 transition-colors hover:bg-hover hover:text-ink"
                  >
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div className="flex min-w-0 flex-col gap-5 pb-16">
            {places.map(({ id, Section }) => (
              <div key={id} id={id} className="scroll-mt-6">
                <Section />
              </div>
            ))}
          </div>
        </div>
      </main>
    </>
  )
}
