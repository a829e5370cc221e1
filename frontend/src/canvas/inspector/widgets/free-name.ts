/** `field`, `field_2`, `field_3`: a name that none of the others has. */
export function freeName(others: readonly { name: string }[], base: string): string {
  const taken = new Set(others.map(({ name }) => name))
  let name = base
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`
  return name
}
