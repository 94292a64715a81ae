internal import NIOCore

/// Tells a connection that bytes have come, before the parser makes anything of them.
final class WireHandler<Service: HTTPService>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTPConnection<Service>

    init(_ connection: HTTPConnection<Service>) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesArrived(Self.unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }
}
