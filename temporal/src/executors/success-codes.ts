/** Whether a status is among codes and ranges such as `200-299, 404`. */
export function isSuccessCode(successCodes: string, status: number): boolean {
  return successCodes.split(',').some((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number)
    return status >= from && status <= to
  })
}
