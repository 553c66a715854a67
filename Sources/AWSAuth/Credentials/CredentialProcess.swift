/// A program that prints credentials.
///
/// Spec: AWS SDKs reference guide, "Process credential provider".
struct CredentialProcess: Hashable, Sendable, Redacted {
    /// What the shell runs, as the Go SDK has it done.
    let command: String
    /// How long the program may take.
    var timeLimit: Duration = .seconds(60)

    /// Runs the program and returns what it prints.
    ///
    /// What it prints is never shown; what it writes to its error output is, where it fails.
    func credentials(_ environment: AWSEnvironment) async throws(CredentialError) -> Credentials {
        let outcome: ShellCommand.Outcome
        do throws(ShellCommand.Failure) {
            outcome = try await ShellCommand(
                text: command, variables: environment.variables, timeLimit: timeLimit
            ).run()
        } catch {
            throw CredentialError(.unavailable, "credential_process \(reason(error))")
        }
        let document = CredentialDocument(parsing: outcome.output)
        guard outcome.exitCode == 0 else {
            let end = outcome.exitCode.map { "ended with code \($0)" } ?? "was ended by a signal"
            // A program may print the same to both outputs.
            let printed = try? document?.credentials(from: "")
            let text = String(decoding: outcome.errorOutput, as: UTF8.self).quotable(hiding: printed?.secrets ?? [])
            throw CredentialError(.unavailable, "credential_process \(end)\(text.isEmpty ? "" : ": " + text)")
        }
        guard let document else {
            throw CredentialError(.unavailable, "credential_process printed what is not a JSON object")
        }
        guard document.version == 1 else {
            throw CredentialError(
                .unavailable,
                "credential_process printed "
                    + (document.version.map { "Version \($0)" } ?? "no number as Version") + "; only 1 is known")
        }
        return try document.credentials(from: "credential_process")
    }

    private func reason(_ failure: ShellCommand.Failure) -> String {
        switch failure {
        case .notStarted(let reason): "could not be started: \(reason)"
        case .timedOut: "took more than \(timeLimit)"
        case .outputTooLong: "printed more than \(ShellCommand.outputLimit) bytes"
        case .cancelled: "was cancelled"
        }
    }
}
