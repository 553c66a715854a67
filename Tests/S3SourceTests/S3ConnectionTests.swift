import AWSAuth
import Logging
import Testing

@testable import S3
@testable import S3Source

struct S3ConnectionTests {
    private func connection(
        _ variables: [String: String] = ["AWS_REGION": "eu-west-1"], files: [String: String] = [:]
    ) -> S3Connection {
        let environment = AWSEnvironment(
            variables: variables, homeDirectory: "/home/u"
        ) { path in files[path].map { .bytes(Array($0.utf8)) } ?? .missing }
        return S3Connection(environment: environment, logger: Logger(label: "test"))
    }

    @Test("the spec's settings reach the client; without them those of the environment")
    func settings() throws {
        var spec = SourceSpec(bucket: "bucket")
        let variables = ["AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_USE_FIPS_ENDPOINT": "true"]
        let inherited = try connection(variables).client(for: spec).configuration
        #expect(inherited.usesDualstack && inherited.usesFIPS && !inherited.requesterPays)
        spec.useDualstack = false
        spec.useFIPS = false
        spec.useAccelerate = true
        spec.requesterPays = true
        spec.customerKey = CustomerKey([UInt8](repeating: 7, count: 32))
        let own = try connection(variables).client(for: spec).configuration
        #expect(!own.usesDualstack && !own.usesFIPS && own.requesterPays && own.usesAccelerate)
        #expect(own.customerKey == spec.customerKey)
    }

    @Test("attempts and acceleration of the environment and profile count where the spec says nothing")
    func inherited() throws {
        let files = ["/home/u/.aws/config": "[default]\nmax_attempts = 4\ns3 =\n  use_accelerate_endpoint = true"]
        var spec = SourceSpec(bucket: "bucket")
        let client = try connection(files: files).client(for: spec)
        #expect(client.retry.maximumAttemptCount == 4 && client.configuration.usesAccelerate)
        #expect(try connection(["AWS_MAX_ATTEMPTS": "1"]).client(for: spec).retry.maximumAttemptCount == 1)
        #expect(try connection().client(for: spec).retry.maximumAttemptCount == 11)
        spec.maxRetries = 2
        spec.endpoint = "http://127.0.0.1:9"
        let own = try connection(files: files).client(for: spec)
        #expect(own.retry.maximumAttemptCount == 3 && !own.configuration.usesAccelerate)
    }

    @Test("no region need be known beforehand")
    func region() throws {
        let client = try connection([:]).client(for: SourceSpec(bucket: "bucket"))
        #expect(client.configuration.region == nil)
    }

    @Test("a file of certificates that cannot be used is an error that names the field")
    func certificates() throws {
        var spec = SourceSpec(bucket: "bucket")
        spec.endpointCAFile = "~/ca.pem"
        let missing = #expect(throws: SpecError.self) { try connection().client(for: spec) }
        #expect(missing?.description == "spec: endpoint_ca_file: there is no file /home/u/ca.pem")
        let empty = #expect(throws: SpecError.self) {
            try connection(files: ["/home/u/ca.pem": "text"]).client(for: spec)
        }
        #expect(empty?.description == "spec: endpoint_ca_file: there is no PEM certificate in /home/u/ca.pem")
        let pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
        _ = try connection(files: ["/home/u/ca.pem": pem]).client(for: spec)
    }

    @Test("a customer's key is not sent to an http endpoint, wherever that is configured")
    func plainEndpoint() throws {
        var spec = SourceSpec(bucket: "bucket")
        spec.customerKey = CustomerKey([UInt8](repeating: 7, count: 32))
        let error = #expect(throws: S3Error.self) {
            try connection(["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"]).client(for: spec)
        }
        #expect(error?.kind == .invalidConfiguration && error?.description.contains("https only") == true)
    }
}
