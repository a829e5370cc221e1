/** An opened credential. Lives only as long as one call needs it: never stored, logged or put into an error. */
export interface OpenCredential {
  provider: string
  apiKey: string
  /** For gateways and local servers; without it the provider's public address is used. */
  baseUrl?: string | undefined
}

export interface CredentialReader {
  /** Throws AppError CREDENTIAL_NOT_FOUND, also for one of another workspace. */
  read(workspaceId: string, credentialId: string): Promise<OpenCredential>
}
