/// How credentials are to be had: what the configuration comes to, before anybody is asked for them.
indirect enum CredentialPlan: Hashable, Sendable {
    /// Keys as they are written.
    case keys(Credentials)
    /// A role that the owner of other credentials takes on.
    case role(AssumedRole, from: CredentialPlan, at: CredentialError.Location?)
    /// A role that the holder of the token in a file takes on.
    case webIdentity(AssumedRole, tokenFile: String, at: CredentialError.Location?)
    /// A role of somebody who signed in at an organisation's start page.
    case sso(SSOSignIn, at: CredentialError.Location)
    /// What a person who signed in with `aws login` may do.
    case login(LoginSession, at: CredentialError.Location)
    /// What a program prints.
    case process(CredentialProcess, at: CredentialError.Location)
    /// The role of the container.
    case container(ContainerCredentials)
    /// The role of the machine.
    case instance(InstanceMetadata)
}
