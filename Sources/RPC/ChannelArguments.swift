import CGRPC
import Glibc

/// Settings of a channel or server, by name.
struct ChannelArguments {
    private var integers: [(name: String, value: Int32)]
    private var strings: [(name: String, value: String)] = []

    /// Settings both sides share.
    init(maximumMessageByteCount: Int) {
        let limit = Int32(clamping: maximumMessageByteCount)
        integers = [
            (GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, limit),
            (GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, limit),
            // Of no use without the services that show its figures.
            (GRPC_ARG_ENABLE_CHANNELZ, 0),
        ]
    }

    mutating func set(_ name: String, _ value: Int32) { integers.append((name, value)) }
    mutating func set(_ name: String, _ value: String) { strings.append((name, value)) }

    /// Calls `body` with the settings as gRPC takes them; they are valid only meanwhile.
    func withCoreArguments<Result>(_ body: (UnsafePointer<grpc_channel_args>) -> Result) -> Result {
        var arguments: [grpc_arg] = unsafe []
        for (name, value) in integers {
            var argument = unsafe grpc_arg()
            unsafe argument.type = GRPC_ARG_INTEGER
            unsafe argument.key = strdup(name)
            unsafe argument.value.integer = value
            unsafe arguments.append(argument)
        }
        for (name, value) in strings {
            var argument = unsafe grpc_arg()
            unsafe argument.type = GRPC_ARG_STRING
            unsafe argument.key = strdup(name)
            unsafe argument.value.string = strdup(value)
            unsafe arguments.append(argument)
        }
        defer {
            unsafe arguments.forEach { argument in
                unsafe free(argument.key)
                if unsafe argument.type == GRPC_ARG_STRING { unsafe free(argument.value.string) }
            }
        }
        return unsafe arguments.withUnsafeMutableBufferPointer { arguments in
            var list = unsafe grpc_channel_args(num_args: arguments.count, args: arguments.baseAddress)
            return unsafe body(&list)
        }
    }
}
