extension AWSEnvironment {
    /// Returns the keys of the variables; nil where no access key is set.
    ///
    /// - Throws: `invalid` for an access key without its secret.
    func keys() throws(CredentialError) -> Credentials? {
        guard let id = self["AWS_ACCESS_KEY_ID"] ?? self["AWS_ACCESS_KEY"] else { return nil }
        guard let secret = self["AWS_SECRET_ACCESS_KEY"] ?? self["AWS_SECRET_KEY"] else {
            throw CredentialError(.invalid, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
        }
        return Credentials(
            accessKeyID: id, secretAccessKey: secret,
            sessionToken: self["AWS_SESSION_TOKEN"] ?? self["AWS_SECURITY_TOKEN"])
    }

    /// Returns the plan of the variables for a token of somebody else; nil where none is named.
    ///
    /// - Throws: `invalid` for a token without its role.
    func webIdentity() throws(CredentialError) -> CredentialPlan? {
        guard let file = self["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let arn = self["AWS_ROLE_ARN"] else {
            throw CredentialError(.invalid, "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not")
        }
        let name = self["AWS_ROLE_SESSION_NAME"]
        if let name, !AssumedRole.isSessionName(name) {
            throw CredentialError(
                .invalid, "AWS_ROLE_SESSION_NAME must have from 2 to 64 letters, digits or any of _+=,.@-")
        }
        return .webIdentity(
            AssumedRole(arn: arn, sessionName: name), tokenFile: expandingPath(file), at: nil)
    }
}
