import { NewAccount } from '@millrace/shared/api/auth'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import { fieldErrors } from '../../api/api-error.ts'
import { describeError } from '../../api/describe-error.ts'
import { acceptWithAccount } from '../../api/workspaces.ts'
import { useSession } from '../../stores/session-store.ts'
import { useChosenWorkspace } from '../../stores/workspace-store.ts'
import { Button } from '../../ui/button.tsx'
import { checkForm } from '../../ui/check-form.ts'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'

/** Makes an account that belongs to the workspace from the start. */
export function AccountForm({ token, onJoined }: { token: string; onJoined: () => void }) {
  const enter = useSession((session) => session.enter)
  const choose = useChosenWorkspace((state) => state.choose)
  const [values, setValues] = useState({ name: '', email: '', password: '' })
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [failure, setFailure] = useState<{ message: string; code: string } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const bind = (name: keyof typeof values) => ({
    name,
    value: values[name],
    onChange: (event: { target: { value: string } }) =>
      setValues((before) => ({ ...before, [name]: event.target.value })),
  })

  async function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(NewAccount, values)
    setErrors(checked.errors ?? {})
    setFailure(null)
    if (checked.errors !== null || isBusy) return
    setBusy(true)
    try {
      const answer = await acceptWithAccount(token, values)
      // Whoever used this browser before may have chosen another one.
      choose(null)
      onJoined()
      enter(answer)
    } catch (error) {
      setErrors(fieldErrors(error))
      setFailure(describeError(error))
      setBusy(false)
    }
  }

  const signIn = (
    <Link to="/sign-in?next=/join" className="text-current-text underline underline-offset-2">
      Sign in
    </Link>
  )
  return (
    <form noValidate onSubmit={(event) => void handleSubmit(event)} className="flex flex-col gap-4">
      <Field label="Your name" error={errors.name} required>
        <Input {...bind('name')} size="large" autoComplete="name" autoFocus />
      </Field>
      <Field label="E-mail" error={errors.email} required>
        <Input {...bind('email')} size="large" type="email" autoComplete="username" />
      </Field>
      <Field label="Password" help="At least 8 characters." error={errors.password} required>
        <Input {...bind('password')} size="large" type="password" autoComplete="new-password" />
      </Field>
      <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
      <Button variant="primary" size="large" type="submit" busy={isBusy}>
        Create the account and join
      </Button>
      <p className="text-center text-ink-2">You have an account here? {signIn} to join with it.</p>
    </form>
  )
}
