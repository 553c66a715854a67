import AWSAuth
import HTTP
import Logging
import S3

/// Makes the S3 client that a spec configures, over one transport for the whole process.
struct S3Connection: Sendable {
    /// Shared by all specs that trust the usual certificates.
    private let transport: CurlTransport
    private let transportConfiguration: CurlTransport.Configuration
    private let environment: AWSEnvironment
    private let logger: Logger

    /// Opens nothing yet. `AWS_CA_BUNDLE` names the certificates to trust, as for the AWS SDKs.
    init(environment: AWSEnvironment, logger: Logger) {
        var configuration = CurlTransport.Configuration()
        configuration.caBundlePath = environment["AWS_CA_BUNDLE"].map(environment.expandingPath)
        transport = CurlTransport(configuration: configuration)
        transportConfiguration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// Returns the spec's bucket, or the directory that its endpoint names in place of one. Nothing is sent yet.
    ///
    /// - Throws: what `client` throws, and `SpecError` for an endpoint that is a file URL of no directory.
    func store(for spec: SourceSpec) throws -> any ObjectStore {
        if let endpoint = spec.endpoint,
            let directory = try LocalDirectory(endpoint: endpoint, bucket: spec.bucket)
        {
            return directory
        }
        return try client(for: spec)
    }

    /// Returns a client of the spec's bucket. Nothing is sent yet.
    ///
    /// - Throws: `SpecError` for a file that cannot be used, `CredentialError` when a configuration file is broken, and what
    ///   the endpoint resolution throws.
    func client(for spec: SourceSpec) throws -> S3Client {
        let settings = try AWSSettings(environment: environment, profile: spec.localProfile)
        for warning in settings.warnings { logger.warning("AWS configuration", metadata: ["reason": "\(warning)"]) }
        let endpoint = spec.endpoint ?? settings.s3Endpoint
        // The profile's wish is for AWS; the spec's is the user's, who is told where it cannot be.
        let usesAccelerate = spec.useAccelerate ?? (settings.usesAccelerate && endpoint == nil && !spec.pathStyle)
        let configuration = S3Configuration(
            region: spec.region ?? settings.region, endpoint: endpoint,
            pathStyle: spec.pathStyle || settings.usesPathStyle ? true : nil,
            usesDualstack: spec.useDualstack ?? settings.usesDualstack, usesFIPS: spec.useFIPS ?? settings.usesFIPS,
            usesAccelerate: usesAccelerate, requesterPays: spec.requesterPays, customerKey: spec.customerKey)
        let usual = transport(trusting: settings.caBundlePath)
        let retries = spec.maxRetries ?? settings.maximumAttemptCount.map { $0 - 1 } ?? SourceSpec.defaultMaxRetries
        return try S3Client(
            bucket: spec.bucket, configuration: configuration, credentials: credentials(for: spec, over: usual),
            transport: try transport(for: spec) ?? usual, retry: RetryPolicy(maximumAttemptCount: retries + 1),
            requestCount: Self.requestCount(for: spec), hedging: Hedging(),
            observer: { [logger] event in Self.log(event, to: logger) })
    }

    /// Returns how many requests may be under way at once: one for each object, and some more for the parts of a few.
    private static func requestCount(for spec: SourceSpec) -> Int {
        min(max(spec.concurrency, 8), 256)
    }

    private func credentials(for spec: SourceSpec, over transport: CurlTransport) -> (any CredentialSource)? {
        if spec.noSignRequest { return nil }
        var chain = CredentialChain.Configuration()
        chain.profile = spec.localProfile
        chain.role = spec.role
        chain.region = spec.region
        chain.usesFIPS = spec.useFIPS
        chain.usesDualstack = spec.useDualstack
        return CredentialCache(
            CredentialChain(environment: environment, transport: transport, configuration: chain))
    }

    /// Returns the transport that trusts the certificates of a file, or the system's.
    private func transport(trusting path: String?) -> CurlTransport {
        if path == transportConfiguration.caBundlePath { return transport }
        var configuration = transportConfiguration
        configuration.caBundlePath = path
        return CurlTransport(configuration: configuration)
    }

    /// Returns the transport that trusts the spec's certificates; nil where it names none.
    private func transport(for spec: SourceSpec) throws(SpecError) -> CurlTransport? {
        guard let file = spec.endpointCAFile else { return nil }
        let path = environment.expandingPath(file)
        switch environment.readFile(path) {
        case .missing: throw SpecError("spec: endpoint_ca_file: there is no file \(path)")
        case .unreadable(let reason): throw SpecError("spec: endpoint_ca_file: cannot read \(path): \(reason)")
        case .bytes(let bytes):
            guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
                throw SpecError("spec: endpoint_ca_file: there is no PEM certificate in \(path)")
            }
        }
        return transport(trusting: path)
    }

    private static func log(_ event: S3Event, to logger: Logger) {
        RequestCounts.current?.add(event)
        switch event {
        case .attempt, .delivered: break
        case .retry(let error, let attempt, let delay):
            logger.debug(
                "trying again", metadata: ["error": "\(error)", "attempt": "\(attempt)", "delay": "\(delay)"])
        case .regionChanged(let old, let new):
            logger.warning(
                "the bucket is in another region; set region in the spec to save a request",
                metadata: ["region": "\(new)", "configured": "\(old)"])
        case .regionFound(let region):
            logger.info(
                "the bucket's region was found; set region in the spec to save a request",
                metadata: ["region": "\(region)"])
        case .clockCorrected(let seconds):
            logger.warning(
                "the clock of this machine is wrong; signatures take that into account",
                metadata: ["seconds_ahead": "\(seconds)"])
        case .rangesIgnored:
            logger.warning(
                "the server takes no notice of ranges; objects over 8 MiB are read in one go, their footers before")
        case .credentialsRefreshed: logger.info("credentials had expired and were read again")
        }
    }
}
