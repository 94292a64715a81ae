internal import CausewayPlatform
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Listening sockets, and the connections that were accepted from them.
final class Listener<Service: HTTPService>: Sendable {
    let gate: LoopGate
    private let service: Service
    private let loop: any EventLoop
    private let state: Mutex<State>

    private struct State {
        var sockets: [any Channel] = []
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
        /// Kept when the last connection is gone.
        var drained: EventLoopPromise<Void>?
    }

    init(_ service: Service, on loop: HTTPEventLoop) throws(ReceiverError) {
        self.service = service
        self.loop = loop.group.next()
        gate = loop.gate
        state = Mutex(State())
        do throws(ReceiverError) {
            try listen(loop.group)
        } catch {
            closeSockets()
            throw error
        }
    }

    /// Where connections are accepted, as `host:port`, the host of an IPv6 address in brackets.
    var addresses: [String] {
        state.withLock { $0.sockets.compactMap { $0.localAddress.map(Self.text) } }
    }

    var port: Int { state.withLock { $0.sockets.first?.localAddress?.port ?? 0 } }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Accepts no more connections, lets requests that have begun to come be answered, and closes what is left after `duration`.
    /// Returns the number of connections that were cut off.
    func stop(within duration: Duration) -> Int {
        let isFirst = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        guard isFirst else { return 0 }
        let drained = loop.makePromise(of: Void.self)
        closeSockets()
        let open = state.withLock { state in
            state.drained = drained
            return Array(state.connections.values)
        }
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(ListenerStops()) }
        if open.isEmpty { leave(nil) }
        let timeout = loop.scheduleTask(in: TimeAmount(duration)) { self.cutOff() }
        try? drained.futureResult.wait()
        timeout.cancel()
        return (try? timeout.futureResult.wait()) ?? 0
    }

    private func cutOff() -> Int {
        let left = state.withLock { Array($0.connections.values) }
        for channel in left { channel.close(promise: nil) }
        return left.count
    }

    private func closeSockets() {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets
        }
        for socket in sockets { try? socket.close().wait() }
    }
}

/// Told to every connection when its listener stops.
struct ListenerStops {}

extension Listener {
    private func listen(_ group: MultiThreadedEventLoopGroup) throws(ReceiverError) {
        let settings = service.settings
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // One read at a time: what is read ahead while a request is being worked on, outside of the budget, is one buffer at most.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4 << 10, initial: 16 << 10, maximum: 256 << 10)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.add(channel) }
            }
        // `localhost` is both: whichever address a client resolves it to first has to work.
        let isLocalhost = settings.host.equalsIgnoringCase("localhost")
        let host =
            settings.host.hasPrefix("[") && settings.host.hasSuffix("]") ? String(settings.host.dropFirst().dropLast()) : settings.host
        let hosts = isLocalhost ? ["127.0.0.1", "::1"] : [host]
        for host in hosts {
            let port = self.port == 0 ? settings.port : self.port
            let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            do {
                let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
                let socket = try bootstrap.bind(to: address).wait()
                state.withLock { $0.sockets.append(socket) }
            } catch let error as IOError {
                let code = SystemError(code: error.errnoCode)
                // A machine without IPv6.
                if isLocalhost && host == "::1" && code.isMissingAddress { continue }
                if code.isAddressInUse { throw .inUse(address: name, key: settings.key) }
                throw .cannotListen(address: name, key: settings.key, reason: "\(code)")
            } catch {
                throw .cannotListen(address: name, key: settings.key, reason: "the name cannot be resolved")
            }
        }
    }

    private func add(_ channel: any Channel) throws {
        let settings = service.settings
        let open = state.withLock { state in
            state.connections[ObjectIdentifier(channel)] = channel
            return state.connections.count
        }
        let identifier = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { _ in self.leave(identifier) }
        let isSurplus = open > settings.maxConnections
        service.statistics.change {
            $0.acceptedConnections += 1
            $0.openConnections += 1
            if isSurplus { $0.surplusConnections += 1 }
        }
        // Some more than the limit are told so; when there are many they are not.
        guard open <= settings.maxConnections + settings.maxConnections / 8 + 8, !isStopping else {
            channel.close(promise: nil)
            return
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = settings.maxHeaderBytes
        limits.maxHeaderListSize = settings.maxHeaderBytes
        let connection = HTTPConnection(service, self, isSurplus: isSurplus)
        try channel.pipeline.syncOperations.addHandlers(
            WireHandler(connection),
            HTTPResponseEncoder(),
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)),
            HTTPServerPipelineHandler(),
            connection
        )
    }

    /// Nil: nobody leaves, but look whether anybody is left.
    private func leave(_ connection: ObjectIdentifier?) {
        if let connection, state.withLock({ $0.connections.removeValue(forKey: connection) }) != nil {
            service.statistics.change { $0.openConnections -= 1 }
        }
        let drained = state.withLock { state in
            defer { if state.connections.isEmpty { state.drained = nil } }
            return state.connections.isEmpty ? state.drained : nil
        }
        drained?.succeed()
    }

    private static func text(_ address: SocketAddress) -> String {
        let host = address.ipAddress ?? ""
        return host.contains(":") ? "[\(host)]:\(address.port ?? 0)" : "\(host):\(address.port ?? 0)"
    }
}
