import type { Hook } from '@millrace/shared/api/hooks'
import { describeError } from '../../api/describe-error.ts'
import { useRotateHookSecret } from '../../api/hooks.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { SecretOnce } from '../../ui/secret-once.tsx'

/** Gives a hook another secret and shows it this once. Mounted while it is open, so that the secret goes with it. */
export function RotateSecretDialog({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const rotate = useRotateHookSecret()
  const made = rotate.data
  const failure = rotate.error === null ? null : describeError(rotate.error)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={made === undefined ? 'A new secret for this hook?' : 'Copy the secret now'}
      description={
        made === undefined
          ? 'What is sent from then on is signed with the new one, and the old one is worth nothing.'
          : 'It signs what is sent from now on. It is stored sealed and cannot be shown again.'
      }
      footer={
        made === undefined ? (
          <>
            <Button variant="quiet" onClick={onClose}>
              Keep the old one
            </Button>
            <Button variant="primary" busy={rotate.isPending} onClick={() => rotate.mutate(hook.id)}>
              Make a new secret
            </Button>
          </>
        ) : (
          <Button onClick={onClose}>Done</Button>
        )
      }
    >
      {made === undefined ? (
        <>
          <p className="break-words text-ink-2">
            Set it at <em>{hook.url}</em> at once: what is refused there meanwhile is tried again.
          </p>
          <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
        </>
      ) : (
        <SecretOnce value={made.secret} />
      )}
    </Dialog>
  )
}
