import { hash, verify } from '@node-rs/argon2'

/** OWASP's parameters for argon2id (2), from its password storage cheat sheet: 19 MiB, two passes, one lane; 6 to 39 ms here. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Of a random password that was thrown away, with the same parameters. */
const decoyHash = '$argon2id$v=19$m=19456,t=2,p=1$9REI/FNGN7bhsvmMiEBCFg$J7qcYCX9HEzKO9L0iur1H+N5HvDjxR6INFSWAoC2sQw'

export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters)
}

/**
 * Whether the password is the one that was hashed. Null (there is no such user) takes the same time as a
 * wrong password, so that the time of an answer tells nobody who has an account.
 */
export async function checkPassword(password: string, passwordHash: string | null): Promise<boolean> {
  const isRight = await verify(passwordHash ?? decoyHash, password)
  return isRight && passwordHash !== null
}
