@testable import AWSAuth

extension AWSEnvironment {
    /// An environment whose two files are given as text; the home directory is `/home/u`.
    static func test(
        _ variables: [String: String] = [:], config: String? = nil, credentials: String? = nil
    ) -> AWSEnvironment {
        let files = ["/home/u/.aws/config": config, "/home/u/.aws/credentials": credentials]
        return AWSEnvironment(variables: variables, homeDirectory: "/home/u") { path in
            guard let text = files[path] ?? nil else { return .missing }
            return .bytes(Array(text.utf8))
        }
    }
}
