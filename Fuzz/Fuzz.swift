import CausewayModel
import CausewayOTLP
import CausewayPlatform
import Glibc
import TestSupport

@testable import CausewaySpool

/// What libFuzzer calls with arbitrary bytes. `FUZZ_TARGET` says who reads them; whoever crashes or breaks a promise ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target([UInt8](UnsafeBufferPointer(start: data, count: count)))
    return 0
}

private let target: @Sendable ([UInt8]) -> Void = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = targets[name] else {
        fatalError("FUZZ_TARGET is one of \(targets.keys.sorted().joined(separator: ", "))")
    }
    return target
}()

private let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "segment": segment, "cursor": cursor, "fields": fields, "protobuf": protobuf, "json": json,
]

/// A segment file of arbitrary bytes: the log starts, hands out frames in order, takes a new one, and finds all of it again.
@Sendable private func segment(_ bytes: [UInt8]) {
    let disk = MemoryDisk()
    // What no fuzzer guesses is put right: the checksums. Not always, so that damage is seen as well.
    let isSealed = (bytes.first ?? 0) & 1 == 0
    disk.place(isSealed ? sealed([UInt8](bytes.dropFirst())) : [UInt8](bytes.dropFirst()), at: "/data/log/00000000000000000100.seg")
    do {
        var options = SpoolOptions()
        options.maxBytes = .max / 2
        let spool = try SteppedSpool(disk, options: options, clock: TestClock())
        let found = try spool.frames().map(\.sequence)
        precondition(zip(found, found.dropFirst()).allSatisfy { $0 < $1 }, "out of order")
        let accepted = spool.append([[FrameDraft(kind: .otlp, items: 1, receivedNanoseconds: 1, payload: [1])]])
        spool.close()
        let again = try SteppedSpool(disk.kill(), options: options, clock: TestClock()).frames().map(\.sequence)
        precondition(accepted == [true] && again.count == found.count + 1 && again.starts(with: found), "not found again")
    } catch {
        preconditionFailure("\(error)")
    }
}

/// The bytes with a true checksum wherever there seems to be a frame.
private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var logID: UInt64 = 0
    var offset = 0
    while offset + FrameHeader.size <= bytes.count {
        guard let header = FrameHeader(bytes, at: offset), offset + FrameHeader.size + Int(header.payloadLength) <= bytes.count else {
            offset += 8
            continue
        }
        let payload = offset + FrameHeader.size..<offset + FrameHeader.size + Int(header.payloadLength)
        if header.kind == .head { logID = SegmentHead(payload: [UInt8](bytes[payload]))?.logID ?? 0 }
        var crc = CRC32C(seed: header.kind == .head ? 0 : logID)
        crc.update(bytes, offset..<offset + 60)
        crc.update(bytes, payload)
        for byte in 0..<4 { bytes[offset + 60 + byte] = UInt8(truncatingIfNeeded: crc.value >> (byte * 8)) }
        offset += header.frameLength
    }
    return bytes
}

/// A cursor file of arbitrary bytes, and one whose checksum holds over arbitrary sections.
@Sendable private func cursor(_ bytes: [UInt8]) {
    do {
        let disk = MemoryDisk()
        disk.place(bytes, at: "/c/raw")
        if let cursor = try? CursorFile(disk: disk, path: "/c/raw")?.load() { use(cursor) }

        var slot: [UInt8] = []
        slot.append(littleEndian: UInt32(0x3155_4343))
        slot.append(littleEndian: UInt32(1))
        slot.append(littleEndian: UInt64(1))
        slot.append(littleEndian: UInt32(bytes.count))
        var crc = CRC32C()
        crc.update(slot)
        crc.update(bytes)
        slot.append(littleEndian: crc.value)
        disk.place([UInt8](repeating: 0, count: CursorFile.slotSize) + slot + bytes, at: "/c/sealed")
        guard let file = try CursorFile(disk: disk, path: "/c/sealed"), let cursor = try file.loadDurably() else { return }
        use(cursor)
        try file.save(cursor)
        let again = try CursorFile(disk: disk, path: "/c/sealed")!.load()
        // A long one is saved with its tenants merged.
        precondition(again == cursor || bytes.count > CursorFile.slotSize / 2, "not what was saved")
    } catch {
        preconditionFailure("\(error)")
    }
}

private func use(_ cursor: Cursor) {
    var cursor = cursor
    _ = cursor.passed.contains(7)
    cursor.passed.insert(3...9)
    _ = cursor.totals.sum()
}

@Sendable private func fields(_ bytes: [UInt8]) {
    let fields = Fields(bytes)
    for (number, value) in fields.all() { _ = (number, value.number, value.text) }
    _ = Totals(fields)
    _ = SegmentHead(payload: bytes)
    _ = LedgerEntry(payload: bytes)
    _ = SegmentFooter(payload: bytes)
    var names = SegmentNames()
    names.add(fields)
}

/// What is admitted is valid, and admitted again as it is.
@Sendable private func protobuf(_ bytes: [UInt8]) {
    for signal in Signal.allCases {
        guard let admitted = try? admit(bytes, signal: signal) else { continue }
        guard let again = try? admit(admitted.payload, signal: signal) else { preconditionFailure("what was admitted is refused") }
        precondition(again.payload == admitted.payload && again.items == admitted.items && again.refused == 0, "admitted, and not valid")
    }
}

/// What is read from JSON is admitted.
@Sendable private func json(_ bytes: [UInt8]) {
    for signal in Signal.allCases {
        guard let decoded = try? OTLPJSON.protobuf(fromJSON: bytes, signal: signal) else { continue }
        precondition((try? admit(decoded.payload, signal: signal)) != nil, "read, and refused")
    }
}
