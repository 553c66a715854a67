import RPC
import Synchronization

/// Whether the plugin has a spec, and whether a call has it to itself.
final class PluginSession: Sendable {
    private struct State {
        var isInitialized = false
        var isInUse = false
    }
    private let state = Mutex(State())

    /// Starts a call that no other such call may overlap.
    ///
    /// - Throws: when one is under way, or when the plugin must be initialized and is not.
    func begin(initialized: Bool) throws(PluginUseFault) {
        try state.withLock { state throws(PluginUseFault) in
            if state.isInUse { throw .alreadyInUse }
            if initialized, !state.isInitialized { throw .notInitialized }
            state.isInUse = true
        }
    }

    /// Ends the call that `begin` started; nil leaves it as it is whether the plugin is initialized.
    func end(initialized: Bool? = nil) {
        state.withLock { state in
            state.isInUse = false
            if let initialized { state.isInitialized = initialized }
        }
    }

    /// - Throws: when the plugin has no spec.
    func requireInitialized() throws(PluginUseFault) {
        if !state.withLock(\.isInitialized) { throw .notInitialized }
    }
}

/// A call that came at the wrong time; the texts are those of CloudQuery's Go plugins.
enum PluginUseFault: Error, CustomStringConvertible {
    case alreadyInUse
    case notInitialized

    var description: String {
        switch self {
        case .alreadyInUse: "plugin already in use"
        case .notInitialized: "plugin not initialized"
        }
    }
}
