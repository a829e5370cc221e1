import { SetupRequest } from '@millrace/shared/api/auth'
import { type FormEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { fieldErrors } from '../../api/api-error.ts'
import { describeError } from '../../api/describe-error.ts'
import { useSession } from '../../stores/session-store.ts'
import { Button } from '../../ui/button.tsx'
import { checkForm } from '../../ui/check-form.ts'
import { Door } from '../../ui/door.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { findFirstWorkflow } from './first-workflow.ts'

/** The first visit: the owner is created, then the first workflow opens. */
export default function SetupPage() {
  usePageTitle('Set up')
  const setupTokenRequired = useSession((session) => session.setupTokenRequired)
  const setUp = useSession((session) => session.setUp)
  const boot = useSession((session) => session.boot)
  const navigate = useNavigate()
  const [values, setValues] = useState({ name: '', email: '', password: '', setupToken: '' })
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [failure, setFailure] = useState<{ message: string; code: string } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const bind = (name: keyof typeof values) => ({
    value: values[name],
    onChange: (event: { target: { value: string } }) =>
      setValues((before) => ({ ...before, [name]: event.target.value })),
  })

  async function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const { setupToken, ...rest } = values
    const token = setupToken.trim()
    const request = { ...rest, ...(token === '' ? {} : { setupToken: token }) }
    const checked = checkForm(SetupRequest, request)
    setErrors(checked.errors ?? {})
    setFailure(null)
    if (checked.errors !== null) return
    setBusy(true)
    try {
      await setUp(request)
      const id = await findFirstWorkflow()
      await navigate(id === null ? '/workflows' : `/workflows/${id}`, { replace: true })
    } catch (error) {
      const found = describeError(error)
      setErrors(fieldErrors(error))
      setFailure(found)
      // Somebody else was quicker: the way in is now to sign in.
      if (found.code === 'SETUP_ALREADY_DONE') void boot()
    } finally {
      setBusy(false)
    }
  }

  return (
    <Door
      title="Set up Millrace"
      intro="You become the owner of this installation. Everything stays on this machine; the demo model needs no key, so the first run can start in a minute."
    >
      <form noValidate onSubmit={(event) => void handleSubmit(event)} className="flex flex-col gap-4">
        <Field label="Your name" error={errors.name} required>
          <Input {...bind('name')} size="large" autoComplete="name" autoFocus name="name" />
        </Field>
        <Field label="E-mail" error={errors.email} required>
          <Input {...bind('email')} size="large" type="email" autoComplete="username" name="email" />
        </Field>
        <Field label="Password" help="At least 8 characters." error={errors.password} required>
          <Input {...bind('password')} size="large" type="password" autoComplete="new-password" name="password" />
        </Field>
        {setupTokenRequired && (
          <Field
            label="Set-up token"
            help="Printed in the terminal when Millrace started: this page is open to more than this machine."
            error={errors.setupToken}
            required
          >
            <Input {...bind('setupToken')} size="large" mono autoComplete="off" name="setupToken" />
          </Field>
        )}
        <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
        <Button variant="primary" size="large" type="submit" busy={isBusy}>
          {isBusy ? 'Creating the owner' : 'Create the owner and begin'}
        </Button>
      </form>
    </Door>
  )
}
