@testable import AWSAuth

extension AWSEnvironment {
    /// An environment whose files are given as text; the home directory is `/home/u`. There is no metadata service.
    static func test(
        _ variables: [String: String] = [:], config: String? = nil, credentials: String? = nil,
        files: [String: String] = [:]
    ) -> AWSEnvironment {
        var files = files
        files["/home/u/.aws/config"] = config
        files["/home/u/.aws/credentials"] = credentials
        let all = files
        let variables = variables.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { given, _ in given }
        return AWSEnvironment(variables: variables, homeDirectory: "/home/u") { path in
            guard let text = all[path] else { return .missing }
            return .bytes(Array(text.utf8))
        }
    }
}
