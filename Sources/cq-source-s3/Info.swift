import ArgumentParser
import CloudQueryPlugin
import S3Source

/// Says which plugin this is.
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the package and its version.")

    func run() {
        let identity = S3SourcePlugin.identity
        print("Package and version: \(identity.team)/\(identity.kind)/\(identity.name)@\(identity.version)")
    }
}
