internal import CCauseway

/// Decompresses Zstandard (RFC 8878), a frame at a time into one buffer that serves as the window.
@safe
struct ZstdDecoder: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = unsafe ZSTD_createDCtx() else { preconditionFailure("out of memory") }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// All frames, one after the other; skippable ones are skipped.
    func frames(_ input: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        guard !input.isEmpty else { throw .corrupt(reason: "zstd data are cut short") }
        var output: [UInt8] = []
        var start = 0
        while start < input.count {
            let (length, stated) = unsafe input.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
                return unsafe (
                    ZSTD_findFrameCompressedSize(rest.baseAddress, rest.count), ZSTD_getFrameContentSize(rest.baseAddress, rest.count)
                )
            }
            guard ZSTD_isError(length) == 0 else { throw Self.error(length) }
            let frame =
                try Self.isUnknown(stated)
                ? self.frame(of: input, start..<start + length, expecting: length * 6, room: limit - output.count, limit: limit)
                : self.frame(of: input, start..<start + length, stating: stated, room: limit - output.count, limit: limit)
            if output.isEmpty { output = frame } else { output += frame }
            start += length
        }
        return output
    }

    /// `ZSTD_CONTENTSIZE_UNKNOWN`, a macro that Swift does not see.
    private static func isUnknown(_ stated: UInt64) -> Bool { stated == .max }

    private func frame(of input: [UInt8], _ range: Range<Int>, stating size: UInt64, room: Int, limit: Int) throws(CodecError) -> [UInt8] {
        guard size <= UInt64(room) else { throw .tooLarge(limit: limit) }
        let (output, code) = decompress(input, range, room: Int(size))
        guard ZSTD_isError(code) == 0 else { throw Self.error(code) }
        return output
    }

    private func frame(of input: [UInt8], _ range: Range<Int>, expecting expected: Int, room: Int, limit: Int) throws(CodecError) -> [UInt8]
    {
        var size = min(max(expected, 512), room)
        while true {
            let (output, code) = decompress(input, range, room: size)
            if ZSTD_isError(code) == 0 { return output }
            guard ZSTD_getErrorCode(code) == ZSTD_error_dstSize_tooSmall else { throw Self.error(code) }
            guard size < room else { throw .tooLarge(limit: limit) }
            size = min(size * 4, room)
        }
    }

    private func decompress(_ input: [UInt8], _ range: Range<Int>, room: Int) -> (output: [UInt8], code: Int) {
        var code = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: max(room, 1)) { buffer, filled in
            unsafe input.withUnsafeBytes { bytes in
                let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
                code = unsafe ZSTD_decompressDCtx(context, buffer.baseAddress, room, frame.baseAddress, frame.count)
            }
            filled = ZSTD_isError(code) == 0 ? code : 0
        }
        return (output, code)
    }

    private static func error(_ code: Int) -> CodecError {
        let words = unsafe "zstd: \(String(cString: ZSTD_getErrorName(code)))"
        switch ZSTD_getErrorCode(code) {
        case ZSTD_error_dictionary_wrong, ZSTD_error_frameParameter_unsupported, ZSTD_error_frameParameter_windowTooLarge:
            return .unsupported(reason: words)
        default: return .corrupt(reason: words)
        }
    }
}
