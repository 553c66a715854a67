import Testing

@testable import AWSAuth

struct AWSSettingsTests {
    private let config = """
        [default]
        region = eu-north-1
        endpoint_url = http://profile
        services = mine
        use_fips_endpoint = true
        [services mine]
        s3 =
          endpoint_url = http://services
        """

    @Test("the region of variables comes before the profile's")
    func region() throws {
        #expect(try AWSSettings(environment: .test(config: config)).region == "eu-north-1")
        #expect(try AWSSettings(environment: .test(["AWS_DEFAULT_REGION": "b"], config: config)).region == "b")
        #expect(
            try AWSSettings(environment: .test(["AWS_DEFAULT_REGION": "b", "AWS_REGION": "a"], config: config)).region
                == "a")
        #expect(try AWSSettings(environment: .test()).region == nil)
    }

    @Test(
        "the endpoint's places, from the first to the last",
        arguments: [
            (["AWS_ENDPOINT_URL_S3": "http://s3", "AWS_ENDPOINT_URL": "http://all"], "http://s3"),
            (["AWS_ENDPOINT_URL": "http://all"], "http://all"),
            ([:], "http://services"),
            (["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE", "AWS_ENDPOINT_URL_S3": "http://s3"], nil),
        ] as [([String: String], String?)])
    func endpoint(variables: [String: String], expected: String?) throws {
        #expect(try AWSSettings(environment: .test(variables, config: config)).s3Endpoint == expected)
    }

    @Test("that no address counts is said by the variable before the profile")
    func ignoredEndpoints() throws {
        let config = "[default]\nendpoint_url = http://all\nignore_configured_endpoint_urls = true"
        #expect(try AWSSettings(environment: .test(config: config)).s3Endpoint == nil)
        let variables = ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"]
        #expect(try AWSSettings(environment: .test(variables, config: config)).s3Endpoint == "http://all")
    }

    @Test("switches of variables count more than those of the profile")
    func switches() throws {
        #expect(try AWSSettings(environment: .test(config: config)).usesFIPS)
        #expect(try !AWSSettings(environment: .test(["AWS_USE_FIPS_ENDPOINT": "false"], config: config)).usesFIPS)
        #expect(try AWSSettings(environment: .test(["AWS_USE_DUALSTACK_ENDPOINT": "true"])).usesDualstack)
    }

    @Test("certificates, acceleration and attempts, from variables before the profile")
    func transport() throws {
        let config =
            "[default]\nca_bundle = ~/ca.pem\nmax_attempts = 7\nretry_mode = Adaptive\ns3 =\n"
            + "  use_accelerate_endpoint = true"
        let ofProfile = try AWSSettings(environment: .test(config: config))
        #expect(ofProfile.caBundlePath == "/home/u/ca.pem" && ofProfile.maximumAttemptCount == 7)
        #expect(ofProfile.usesAccelerate)
        let variables = ["AWS_CA_BUNDLE": "/x", "AWS_MAX_ATTEMPTS": "1", "AWS_RETRY_MODE": "legacy"]
        let ofVariables = try AWSSettings(environment: .test(variables, config: config))
        #expect(ofVariables.caBundlePath == "/x" && ofVariables.maximumAttemptCount == 1)
        let none = try AWSSettings(environment: .test())
        #expect(none.caBundlePath == nil && none.maximumAttemptCount == nil && !none.usesAccelerate)
    }

    @Test("attempts and modes that cannot be are faults of a line or a variable")
    func retryFaults() throws {
        for line in ["max_attempts = 0", "max_attempts = x", "max_attempts = 1001", "retry_mode = often"] {
            let error = try #require(throws: CredentialError.self) {
                try AWSSettings(environment: .test(config: "[default]\n" + line))
            }
            #expect(error.kind == .invalid && error.location?.line == 2)
        }
        let error = try #require(throws: CredentialError.self) {
            try AWSSettings(environment: .test(["AWS_RETRY_MODE": "x"], config: "[default]\nretry_mode = standard"))
        }
        #expect(error.description == "AWS_RETRY_MODE must be legacy, standard or adaptive, not \"x\"")
    }

    @Test("two addresses of a container's service are worth a warning")
    func containers() throws {
        let both = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "x", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "y"]
        #expect(try AWSSettings(environment: .test(both)).warnings.count == 1)
    }

    @Test("a services section that does not exist, and a profile that does not exist, are faults")
    func faults() throws {
        let services = try #require(throws: CredentialError.self) {
            try AWSSettings(environment: .test(config: "[default]\nservices = gone"))
        }
        #expect(services.location?.line == 2)
        #expect(throws: CredentialError.self) { try AWSSettings(environment: .test(), profile: "gone") }
    }
}
