internal import CausewayPlatform

/// A request on the work thread, before its body has been decompressed.
struct CompressedRequest: Sendable {
    var request: ReceivedRequest
    var compression: ContentEncoding
    var charge: BudgetCharge
    var pending: PendingAnswer

    consuming func handle(_ check: OTLPCheck, _ statistics: ReceiverStatistics, _ handler: any RequestHandler) {
        let pending = self.pending
        do throws(Refusal) {
            request.body = try Self.decompressed(request.body, compression, charge, check)
        } catch {
            pending.refuse(error)
            return
        }
        let (wireBytes, bodyBytes) = (request.wireBytes, request.body.count)
        statistics.change {
            $0.bodyBytes += wireBytes
            $0.decompressedBytes += bodyBytes
        }
        handler.handle(request) { pending.answer($0) }
    }

    /// Telemetry shrinks to a sixth or so: sixteen times the room is nearly always enough, and what is not needed is given back.
    /// Only what really comes to more is tried again with all the room that a body may have.
    static func decompressed(
        _ body: [UInt8],
        _ compression: ContentEncoding,
        _ charge: BudgetCharge,
        _ check: OTLPCheck
    ) throws(Refusal) -> [UInt8] {
        guard compression != .identity else { return body }
        let most = min(check.maxBody, charge.budget.limit - charge.heldBytes)
        let likely = min(max(body.count * 16, 64 << 10), most)
        do throws(Refusal) {
            return try decompressed(body, compression, charge, check, room: likely)
        } catch {
            guard error.reason == .tooLarge && likely < most else { throw error }
            return try decompressed(body, compression, charge, check, room: most)
        }
    }

    private static func decompressed(
        _ body: [UInt8],
        _ compression: ContentEncoding,
        _ charge: BudgetCharge,
        _ check: OTLPCheck,
        room: Int
    ) throws(Refusal) -> [UInt8] {
        guard charge.grow(by: room) else { throw .noMemory }
        do {
            let whole = try compression.decompressed(body, limit: room)
            charge.shrink(by: charge.heldBytes - whole.count)
            return whole
        } catch {
            charge.shrink(by: room)
            switch error {
            case .tooLarge: throw check.tooLarge("more than \(room) bytes when decompressed")
            case .corrupt(let reason), .unsupported(let reason):
                throw Refusal(.compression, "the body does not decompress as \(compression.rawValue): \(reason)")
            }
        }
    }
}
