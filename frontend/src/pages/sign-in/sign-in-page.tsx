import { LoginRequest } from '@millrace/shared/api/auth'
import { type FormEvent, useState } from 'react'
import { Navigate, useSearchParams } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { useSession } from '../../stores/session-store.ts'
import { Button } from '../../ui/button.tsx'
import { checkForm } from '../../ui/check-form.ts'
import { Door } from '../../ui/door.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { SignOutOwed } from './sign-out-owed.tsx'

/** Only paths of this app: a link must not lead elsewhere after signing in. */
function nextPath(asked: string | null): string {
  return asked !== null && /^\/(?![/\\])/.test(asked) ? asked : '/workflows'
}

export default function SignInPage() {
  usePageTitle('Sign in')
  const phase = useSession((session) => session.phase)
  const signIn = useSession((session) => session.signIn)
  const [params] = useSearchParams()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [failure, setFailure] = useState<{ message: string; code: string } | null>(null)
  const [isBusy, setBusy] = useState(false)
  if (phase === 'signed-in') return <Navigate to={nextPath(params.get('next'))} replace />

  async function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(LoginRequest, { email, password })
    setErrors(
      checked.errors === null
        ? {}
        : { ...checked.errors, ...(password === '' ? { password: 'Enter your password.' } : {}) },
    )
    setFailure(null)
    if (checked.errors !== null) return
    setBusy(true)
    try {
      await signIn({ email, password })
    } catch (error) {
      setFailure(describeError(error))
      setBusy(false)
    }
  }

  return (
    <Door title="Sign in" intro="Runs go on while you are away; everything that happened is here to be played back.">
      <SignOutOwed />
      <form noValidate onSubmit={(event) => void handleSubmit(event)} className="flex flex-col gap-4">
        <Field label="E-mail" error={errors.email} required>
          <Input
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            size="large"
            type="email"
            autoComplete="username"
            autoFocus
            name="email"
          />
        </Field>
        <Field label="Password" error={errors.password} required>
          <Input
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            size="large"
            type="password"
            autoComplete="current-password"
            name="password"
          />
        </Field>
        <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
        <Button variant="primary" size="large" type="submit" busy={isBusy}>
          Sign in
        </Button>
      </form>
    </Door>
  )
}
