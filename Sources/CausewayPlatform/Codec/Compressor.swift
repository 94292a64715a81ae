internal import CCauseway

/// Compresses bodies, one after the other, with tables that are set up once.
///
/// Used from one thread at a time.
@safe
package final class Compressor {
    package let encoding: ContentEncoding
    private let handle: Handle

    @safe
    private enum Handle {
        case none
        case deflate(OpaquePointer, gzip: Bool)
        case zstd(OpaquePointer, level: Int32)
    }

    /// Level 1 of either is the default: it takes a third of the time of the usual level and gives nine tenths of the effect on telemetry.
    ///
    /// libdeflate knows 1 to 12, zstd 1 to 19; other values mean the nearest.
    package init(_ encoding: ContentEncoding, level: Int = 1) {
        self.encoding = encoding
        switch encoding {
        case .identity: handle = .none
        case .gzip, .deflate:
            guard let compressor = unsafe libdeflate_alloc_compressor(Int32(min(max(level, 1), 12))) else {
                preconditionFailure("out of memory")
            }
            unsafe handle = .deflate(compressor, gzip: encoding == .gzip)
        case .zstd:
            guard let context = unsafe ZSTD_createCCtx() else { preconditionFailure("out of memory") }
            unsafe handle = .zstd(context, level: Int32(min(max(level, 1), 19)))
        }
    }

    deinit {
        switch handle {
        case .none: break
        case .deflate(let compressor, _): unsafe libdeflate_free_compressor(compressor)
        case .zstd(let context, _): unsafe ZSTD_freeCCtx(context)
        }
    }

    package func compressed(_ bytes: [UInt8]) -> [UInt8] {
        switch handle {
        case .none: return bytes
        case .deflate(let compressor, let gzip):
            let room =
                unsafe gzip
                ? libdeflate_gzip_compress_bound(compressor, bytes.count) : libdeflate_zlib_compress_bound(compressor, bytes.count)
            return unsafe output(room) { buffer in
                unsafe bytes.withUnsafeBytes { input in
                    unsafe gzip
                        ? libdeflate_gzip_compress(compressor, input.baseAddress, input.count, buffer, room)
                        : libdeflate_zlib_compress(compressor, input.baseAddress, input.count, buffer, room)
                }
            }
        case .zstd(let context, let level):
            let room = ZSTD_compressBound(bytes.count)
            return unsafe output(room) { buffer in
                unsafe bytes.withUnsafeBytes { input in
                    unsafe ZSTD_compressCCtx(context, buffer, room, input.baseAddress, input.count, level)
                }
            }
        }
    }

    /// Neither library can fail when it has as much room as it asks for.
    private func output(_ room: Int, _ compress: (UnsafeMutablePointer<UInt8>?) -> Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
            filled = unsafe compress(buffer.baseAddress)
            precondition(filled > 0 && filled <= room, "the compressor needed more room than it said")
        }
    }
}
