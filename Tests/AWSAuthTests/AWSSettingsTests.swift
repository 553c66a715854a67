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

    @Test("switches of variables count more than those of the profile")
    func switches() throws {
        #expect(try AWSSettings(environment: .test(config: config)).usesFIPS)
        #expect(try !AWSSettings(environment: .test(["AWS_USE_FIPS_ENDPOINT": "false"], config: config)).usesFIPS)
        #expect(try AWSSettings(environment: .test(["AWS_USE_DUALSTACK_ENDPOINT": "true"])).usesDualstack)
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
