import ByteCore
import CCurl
import Glibc

extension CurlTransfer {
    /// Bytes that libcurl receives at once.
    private static let receiveByteCount = 512 * 1024

    /// Describes the request to libcurl. `share` holds the TLS sessions.
    func setOptions(share: UnsafeMutableRawPointer) -> CURLcode {
        var options = unsafe Options(easy: easy)
        unsafe options.check(ccurl_set_share(easy, share))
        setCallbacks(&options)
        setTarget(&options)
        setMethod(&options)
        setHeaders(&options)
        setConnection(&options)
        setTLS(&options)
        return options.code
    }

    /// Sets options one by one and keeps the first failure.
    @safe
    private struct Options {
        let easy: UnsafeMutableRawPointer
        var code = CURLE_OK

        init(easy: UnsafeMutableRawPointer) { unsafe self.easy = easy }

        mutating func check(_ result: CURLcode) {
            if code == CURLE_OK { code = result }
        }

        mutating func set(_ option: CURLoption, _ value: Int) { check(unsafe ccurl_set_long(easy, option, value)) }

        mutating func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }

        mutating func set(_ option: CURLoption, _ value: String?) {
            check(unsafe ccurl_set_string(easy, option, value))
        }
    }

    private func setCallbacks(_ options: inout Options) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe options.check(ccurl_set_pointer(easy, CURLOPT_PRIVATE, context))
        unsafe options.check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        unsafe options.check(
            ccurl_set_write_callback(
                easy,
                { data, _, count, context in
                    guard let transfer = unsafe CurlTransfer.of(context: context) else { return 0 }
                    switch unsafe transfer.receive(body: UnsafeRawBufferPointer(start: data, count: count)) {
                    case .taken: return count
                    case .paused: return Int(CURL_WRITEFUNC_PAUSE)
                    case .refused: return 0
                    }
                }, context))
        unsafe options.check(
            ccurl_set_header_callback(
                easy,
                { data, _, count, context in
                    guard let transfer = unsafe CurlTransfer.of(context: context) else { return 0 }
                    let isTaken = unsafe transfer.receive(headLine: UnsafeRawBufferPointer(start: data, count: count))
                    return isTaken ? count : 0
                }, context))
        unsafe options.check(
            ccurl_set_before_request_callback(
                easy,
                { context, _, _, _, _ in
                    unsafe CurlTransfer.of(context: context)?.willSendRequest()
                    return Int32(CURL_PREREQFUNC_OK)
                }, context))
        guard request.isSecure else { return }
        unsafe options.check(
            ccurl_set_tls_start_callback(
                easy,
                { _, _, context in
                    unsafe CurlTransfer.of(context: context)?.willStartTLS()
                    return CURLE_OK
                }, context))
    }

    /// The target goes out as given. A plain request through a proxy needs the absolute form, which libcurl makes
    /// from the URL; every other one takes the target apart from the URL, so that nothing parses it.
    private func setTarget(_ options: inout Options) {
        let origin = "\(request.isSecure ? "https" : "http")://\(request.bracketedHost):\(request.port)"
        let isDirect = request.isMetadataService || request.isLoopback && configuration.proxy == .environment
        let proxy = isDirect ? .none : configuration.proxy
        let isAbsolute =
            switch proxy {
            case _ where request.isSecure: false
            case .environment: CurlTransfer.environmentHasPlainProxy
            case .none: false
            case .server: true
            }
        options.set(CURLOPT_PATH_AS_IS, true)
        options.set(CURLOPT_URL, origin + (isAbsolute ? request.target : "/"))
        if !isAbsolute { options.set(CURLOPT_REQUEST_TARGET, request.target) }
        switch proxy {
        case .environment:
            if !request.isSecure, let proxy = CurlTransfer.upperCasePlainProxy { options.set(CURLOPT_PROXY, proxy) }
        case .none: options.set(CURLOPT_PROXY, "")
        case .server(let host, let port):
            options.set(CURLOPT_PROXY, "http://\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port)")
        }
        options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
    }

    private func setMethod(_ options: inout Options) {
        if request.hasBody {
            options.set(CURLOPT_POST, true)
            unsafe options.check(
                ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
            // libcurl reads the body where it is; `request` keeps it alive. No pointer would mean a read callback.
            if let body = unsafe request.body.pointer.baseAddress {
                unsafe options.check(ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, body))
            } else {
                options.check(unsafe ccurl_set_string(easy, CURLOPT_COPYPOSTFIELDS, ""))
            }
        } else if request.method == "HEAD" {
            options.set(CURLOPT_NOBODY, true)
        } else {
            options.set(CURLOPT_HTTPGET, true)
        }
        options.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    /// Header lines as given, and none of those libcurl would add by itself.
    private func setHeaders(_ options: inout Options) {
        var lines: [String] = []
        for header in request.headers {
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        let names = Set(request.headers.map { $0.name.lowercased() })
        for added in ["accept", "content-type", "expect"] where !names.contains(added) { lines.append("\(added):") }
        for line in lines {
            guard let longer = unsafe curl_slist_append(headerLines, line) else {
                return options.check(CURLE_OUT_OF_MEMORY)
            }
            unsafe headerLines = longer
        }
        unsafe options.check(ccurl_set_headers(easy, headerLines))
        if let userAgent = configuration.userAgent, !names.contains("user-agent") {
            options.set(CURLOPT_USERAGENT, userAgent)
        }
    }

    private func setConnection(_ options: inout Options) {
        options.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        options.set(CURLOPT_FOLLOWLOCATION, false)
        options.set(CURLOPT_NOSIGNAL, true)
        // Without this, giving up a request whose name is being resolved stops the event thread until it is.
        options.set(CURLOPT_QUICK_EXIT, true)
        options.set(CURLOPT_BUFFERSIZE, Self.receiveByteCount)
        options.set(CURLOPT_TCP_KEEPALIVE, true)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.milliseconds)
        options.set(CURLOPT_FRESH_CONNECT, request.usesFreshConnection)
        // Names of large services have many addresses and change them within seconds: each new connection takes any
        // of those there are now, so that the load is spread and one bad address is not met twice.
        options.set(CURLOPT_DNS_SHUFFLE_ADDRESSES, true)
        options.set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
        options.set(CURLOPT_MAXAGE_CONN, max(1, configuration.idleConnectionAge.milliseconds / 1_000))
        for line in configuration.addresses { unsafe addressLines = curl_slist_append(addressLines, line) }
        unsafe options.check(ccurl_set_pointer(easy, CURLOPT_RESOLVE, addressLines))
    }

    private func setTLS(_ options: inout Options) {
        guard request.isSecure else { return }
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let path = configuration.caBundlePath {
            options.set(CURLOPT_CAINFO, path)
            options.set(CURLOPT_PROXY_CAINFO, path)
        } else if !CurlTransfer.hasSystemBundle {
            return
        }
        // With a directory besides the file, libcurl parses the file anew for every connection.
        options.set(CURLOPT_CAPATH, nil)
    }
}

extension CurlTransfer {
    /// Whether the certificate file that libcurl was built for is there.
    fileprivate static let hasSystemBundle: Bool = {
        guard let path = unsafe ccurl_certificate_file() else { return false }
        return unsafe access(path, R_OK) == 0
    }()

    /// Whether the environment names a proxy for plain requests.
    fileprivate static let environmentHasPlainProxy =
        upperCasePlainProxy != nil
        || ["http_proxy", "all_proxy", "ALL_PROXY"].contains { environmentValue($0) != nil }

    /// The proxy for plain requests that `HTTP_PROXY` names, which the AWS SDKs read and libcurl does not: in a CGI
    /// program, which has `REQUEST_METHOD`, a client could have set it.
    fileprivate static let upperCasePlainProxy =
        environmentValue("REQUEST_METHOD") == nil && environmentValue("http_proxy") == nil
        ? environmentValue("HTTP_PROXY") : nil

    private static func environmentValue(_ name: String) -> String? {
        guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
        return unsafe String(cString: value)
    }
}
