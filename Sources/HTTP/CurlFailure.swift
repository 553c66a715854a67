import CCurl
import Glibc

/// What libcurl says about a transfer that failed.
struct CurlFailure {
    let code: CURLcode
    /// `errno` of the last socket call that failed, or 0.
    let systemError: Int32
    /// Status of the proxy's answer to CONNECT, or 0.
    let proxyStatus: Int
    /// libcurl's own message; it may quote a proxy's URL, so only TLS messages are passed on.
    let text: String

    /// The kind of each code that an HTTP transfer can end with; all others mean a response that makes no sense.
    var kind: HTTPError.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED, CURLE_NO_CONNECTION_AVAILABLE,
            CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY:
            .connect
        case CURLE_SSL_CONNECT_ERROR where isLostInHandshake:
            .connectionLost
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            .tls
        case CURLE_RECV_ERROR where proxyStatus >= 300:
            .connect
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            .connectionLost
        case CURLE_OPERATION_TIMEDOUT:
            .timedOut
        case CURLE_ABORTED_BY_CALLBACK:
            .cancelled
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN:
            .invalidRequest
        default:
            .invalidResponse
        }
    }

    /// Whether the peer went away in the handshake rather than refused it. libcurl has one code for both; of a plain
    /// close only OpenSSL's name for it in the text tells.
    private var isLostInHandshake: Bool {
        systemError == ECONNRESET || systemError == EPIPE || text.contains("SSL_ERROR_SYSCALL")
    }

    /// Returns the error for the caller.
    func error(peer: String, responseStarted: Bool) -> HTTPError {
        HTTPError(kind, "\(peer): \(reason)", responseStarted: responseStarted)
    }

    private var reason: String {
        switch kind {
        case .resolve:
            code == CURLE_COULDNT_RESOLVE_PROXY
                ? "the name of the proxy cannot be resolved" : "the name cannot be resolved"
        case .connect where proxyStatus >= 300:
            "the proxy refused to connect: status \(proxyStatus)"
        case .connect:
            "cannot connect: \(systemError == 0 ? generalText : unsafe String(cString: strerror(systemError)))"
        case .tls:
            "TLS failed: \(text.isEmpty ? generalText : text.printable)"
        case .connectionLost:
            "the connection was lost: \(generalText)"
        case .cancelled:
            "cancelled"
        case .timedOut, .invalidRequest, .invalidResponse:
            generalText
        }
    }

    /// libcurl's fixed text for the code.
    private var generalText: String { unsafe String(cString: curl_easy_strerror(code)) }
}

extension HTTPError {
    static func shutDown(peer: String) -> HTTPError { HTTPError(.cancelled, "\(peer): the transport is shut down") }
}

extension String {
    /// One line of at most 200 characters: a certificate may hold anything.
    fileprivate var printable: String {
        String(prefix(200).map { $0.isASCII && !$0.isNewline && ($0.asciiValue ?? 0) >= 0x20 ? $0 : "?" })
    }
}
