internal import HTTP

/// What became of a request that may have been sent twice.
struct HedgedResult: Sendable {
    let response: Result<HTTPResponse, HTTPError>
    /// The message sent second, if one was.
    var hedge: SignedMessage?
    /// Whether the response is that of the message sent second.
    var isHedge = false
}

extension S3Client {
    /// Sends a message, and another for the same request where no answer has begun after a delay; the first answer
    /// counts, and the other request is given up.
    func sendHedged(
        _ message: HTTPRequest, _ request: S3Request, after delay: Duration
    ) async -> HedgedResult {
        await withTaskGroup(of: HedgeEvent.self) { group in
            group.addTask { .ended(await result(of: message), isHedge: false) }
            group.addTask {
                try? await clock.sleep(delay)
                return .late
            }
            var outstandingCount = 1
            var hedge: (message: SignedMessage, pass: RequestGate.Pass)?
            var ended: HedgedResult?
            while ended == nil, let event = await group.next() {
                switch event {
                case .late:
                    hedge = await secondMessage(request)
                    guard let message = hedge?.message.http else { continue }
                    outstandingCount += 1
                    group.addTask { .ended(await result(of: message), isHedge: true) }
                case .ended(let response, let isHedge):
                    outstandingCount -= 1
                    if case .failure = response, outstandingCount > 0 { continue }
                    ended = HedgedResult(response: response, hedge: hedge?.message, isHedge: isHedge)
                }
            }
            group.cancelAll()
            for await event in group {
                if case .ended(.success(let late), _) = event { late.body.cancel() }
            }
            if let pass = hedge?.pass { gate.leave(pass, .failed, at: clock.uptime()) }
            return ended ?? HedgedResult(response: .failure(HTTPError(.cancelled, "cancelled")))
        }
    }

    /// Returns a second message for a request, on a connection of its own; nil where it would be one too many.
    private func secondMessage(_ request: S3Request) async -> (SignedMessage, RequestGate.Pass)? {
        guard !Task.isCancelled, let hedges, let pass = gate.tryEnter() else { return nil }
        guard hedges.take(), var message = try? await sign(request) else {
            gate.leave(pass, .failed, at: clock.uptime())
            return nil
        }
        message.http.usesFreshConnection = true
        return (message, pass)
    }

    private func result(of message: HTTPRequest) async -> Result<HTTPResponse, HTTPError> {
        do throws(HTTPError) {
            return .success(try await transport.send(message))
        } catch {
            return .failure(error)
        }
    }
}

/// What happens while a request may be sent twice.
private enum HedgeEvent: Sendable {
    case late
    case ended(Result<HTTPResponse, HTTPError>, isHedge: Bool)
}
